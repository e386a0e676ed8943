using System.Text.Json;
using Intercept.Control.Authentication;
using Intercept.Control.CommandLine;
using Intercept.Control.Commands;
using Intercept.Core;
using Intercept.Tests.Unit.Control.Authority;

namespace Intercept.Tests.Unit.Control.Commands;

public sealed class AuthorityCommandsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Makes_a_token_that_the_control_plane_with_the_same_folder_takes(bool isJson)
    {
        var options = new TokenOptions(AuthorityUnderTest.Web, TimeSpan.FromMinutes(10), _scratch.State, AuthorityUnderTest.Domain("cluster.local"), isJson);
        var before = DateTimeOffset.UtcNow;
        Assert.Equal(ExitCode.Success, await AuthorityCommands.CreateTokenAsync(options, _output, _error, TimeProvider.System));

        var token = isJson ? Json("token") : _output.ToString().Trim();
        using var key = TokenKey.OpenOrCreate(_scratch.State);
        Assert.True(new JoinTokens(key, options.TrustDomain, TimeProvider.System).TryRead(token, out var identity, out var why), why);
        Assert.Equal(AuthorityUnderTest.Web, identity);
        if (isJson)
        {
            Assert.Equal(AuthorityUnderTest.Web.Text, Json("identity"));
            Assert.InRange(DateTimeOffset.Parse(Json("expires"), null), before.AddMinutes(10).AddSeconds(-1), DateTimeOffset.UtcNow.AddMinutes(10));
        }
    }

    [Fact]
    public async Task Says_why_there_is_no_token()
    {
        _ = Directory.CreateDirectory(_scratch.State, (UnixFileMode)0x1ff);
        var options = new TokenOptions(AuthorityUnderTest.Web, TimeSpan.FromMinutes(10), _scratch.State, AuthorityUnderTest.Domain("cluster.local"), false);

        File.SetUnixFileMode(_scratch.State, (UnixFileMode)0x1ff);
        Assert.Equal(ExitCode.Failed, await AuthorityCommands.CreateTokenAsync(options, _output, _error, TimeProvider.System));
        Assert.Contains("may be entered by others (mode 777)", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Rotates_nothing_where_there_is_no_authority()
    {
        var options = new RotateOptions(_scratch.State, AuthorityUnderTest.Domain("cluster.local"), false);

        Assert.Equal(ExitCode.Failed, await AuthorityCommands.RotateAsync(options, _output, _error, TimeProvider.System, CancellationToken.None));
        Assert.Contains("holds no authority", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotates_where_no_control_plane_runs_and_says_so_in_JSON()
    {
        using (new AuthorityUnderTest(options => options with { StateFolder = _scratch.State }))
        {
        }

        var options = new RotateOptions(_scratch.State, AuthorityUnderTest.Domain("cluster.local"), true);
        Assert.Equal(ExitCode.Success, await AuthorityCommands.RotateAsync(options, _output, _error, TimeProvider.System, CancellationToken.None));
        Assert.Contains("a new root is on its way", Json("result"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _scratch.Dispose();
    }

    private string Json(string name)
    {
        using var json = JsonDocument.Parse(_output.ToString());
        return json.RootElement.GetProperty(name).GetString()!;
    }
}
