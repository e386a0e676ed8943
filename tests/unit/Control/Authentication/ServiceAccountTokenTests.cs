using System.Net;
using System.Text.Json;
using Intercept.Control.Authentication;
using Intercept.Control.Serving.Callers;
using Intercept.Tests.Unit.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authentication;

public sealed class ServiceAccountTokenTests : IAsyncLifetime
{
    private const string Path = "/apis/authentication.k8s.io/v1/tokenreviews";

    private readonly KubernetesUnderTest _kubernetes = new();
    private readonly ServiceAccountTokenKind _kind;

    public ServiceAccountTokenTests() =>
        _kind = new ServiceAccountTokenKind(_kubernetes.Calls, AuthorityUnderTest.Domain("cluster.local"), ["istio-ca", "intercept"]);

    [Fact]
    public async Task Knows_the_account_and_pod_that_the_API_server_names()
    {
        _kubernetes.Answers[Path] = KubernetesUnderTest.Review();
        var caller = Assert.IsType<Caller>(await AuthenticateAsync("header.claims.signature"));

        Assert.Null(caller.Refusal);
        Assert.Equal(AuthorityUnderTest.Web, Assert.Single(caller.Identities));
        Assert.Equal(new CallerPod("shop", "web-1", "uid-1"), caller.Pod);
    }

    [Fact]
    public async Task Asks_for_its_own_audiences()
    {
        _kubernetes.Answers[Path] = KubernetesUnderTest.Review();
        _ = await AuthenticateAsync("header.claims.\"signature");

        using var asked = JsonDocument.Parse(Assert.Single(_kubernetes.Asked).Body);
        var root = asked.RootElement;
        Assert.Equal("authentication.k8s.io/v1", root.GetProperty("apiVersion").GetString());
        Assert.Equal("TokenReview", root.GetProperty("kind").GetString());
        Assert.Equal("header.claims.\"signature", root.GetProperty("spec").GetProperty("token").GetString());
        Assert.Equal(["istio-ca", "intercept"], root.GetProperty("spec").GetProperty("audiences").EnumerateArray().Select(audience => audience.GetString()));
    }

    public static TheoryData<string, string> Bad => new()
    {
        { """{"status": {"authenticated": false, "error": "token has expired"}}""", "does not know its token: token has expired" },
        { """{"status": {"error": "no"}}""", "does not know its token: no" },
        { """{"status": {"authenticated": "true"}}""", "does not know its token" },
        { "{}", "does not know its token" },
        { "[]", "does not know its token" },
        { "", "the Kubernetes API failed" },
        { "<html>", "the Kubernetes API failed" },
        { KubernetesUnderTest.Review(audience: "vault"), "its token is not for istio-ca or intercept" },
        { KubernetesUnderTest.Review().Replace("\"audiences\": [\"istio-ca\"], ", "", StringComparison.Ordinal), "its token is not for istio-ca or intercept" },
        { KubernetesUnderTest.Review(group: "system:masters"), "of no service account" },
        { KubernetesUnderTest.Review(name: "admin"), "of no service account" },
        { KubernetesUnderTest.Review(name: "system:serviceaccount:shop"), "of no service account" },
        { KubernetesUnderTest.Review(name: "system:serviceaccount:shop:web:more"), "of no service account" },
        { KubernetesUnderTest.Review(name: "system:serviceaccount:shop/sa/db:web"), "of no service account" },
        { KubernetesUnderTest.Review(name: "system:serviceaccount:..:web"), "of no service account" },
        { KubernetesUnderTest.Review(name: "system:serviceaccount::web"), "of no service account" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Refuses_what_the_API_server_does_not_vouch_for(string answer, string expected)
    {
        _kubernetes.Answers[Path] = answer;
        var caller = Assert.IsType<Caller>(await AuthenticateAsync("token"));

        Assert.Contains(expected, caller.Refusal, StringComparison.Ordinal);
        Assert.Empty(caller.Identities);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Refuses_while_the_API_server_does_not_answer_us(HttpStatusCode status)
    {
        _kubernetes.Answers[Path] = KubernetesUnderTest.Review();
        _kubernetes.Status = status;
        var caller = Assert.IsType<Caller>(await AuthenticateAsync("token"));

        Assert.Contains($"answered {(int)status} to apis/authentication.k8s.io", caller.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_no_join_token_to_Kubernetes()
    {
        using var scratch = new ScratchFolder();
        using var key = TokenKey.OpenOrCreate(scratch.State);
        var token = new JoinTokens(key, AuthorityUnderTest.Domain("cluster.local"), TimeProvider.System).Create(AuthorityUnderTest.Web, TimeSpan.FromHours(1));

        Assert.Null(await AuthenticateAsync(token));
        Assert.Null(await AuthenticateAsync(null));
        Assert.Empty(_kubernetes.Asked);
    }

    [Fact]
    public async Task Sends_nothing_on_that_is_far_too_long()
    {
        var caller = Assert.IsType<Caller>(await AuthenticateAsync(new string('a', 20_000)));

        Assert.Equal("its token has 20000 characters", caller.Refusal);
        Assert.Empty(_kubernetes.Asked);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _kubernetes.DisposeAsync();

    private ValueTask<Caller?> AuthenticateAsync(string? token) => _kind.TryAuthenticateAsync(new(true, null, null, token, null), CancellationToken.None);
}
