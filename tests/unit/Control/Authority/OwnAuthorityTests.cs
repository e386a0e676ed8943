using System.Text;
using Intercept.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class OwnAuthorityTests : IDisposable
{
    private readonly AuthorityUnderTest _test = new();

    [Fact]
    public void Signs_with_the_same_root_and_intermediate_after_a_restart()
    {
        using var before = _test.Issue();
        _test.Restart();
        using var after = _test.Issue();

        Assert.Equal(before.Authority.Anchors.Pem, after.Authority.Anchors.Pem);
        Assert.Equal(string.Concat(before.Authority.ChainPem), string.Concat(after.Authority.ChainPem));
        Assert.NotEqual(before.Leaf.SerialNumber, after.Leaf.SerialNumber);
    }

    [Fact]
    public void Notes_until_when_it_has_signed_before_it_hands_a_certificate_out()
    {
        using var issued = _test.Issue();

        Assert.True(State().Active.IssuedUntil >= issued.Validity.NotAfter);
    }

    [Fact]
    public void Writes_that_note_for_one_certificate_in_many_only()
    {
        _test.Issue().Dispose();
        var noted = State().Active.IssuedUntil;
        _test.Clock.Advance(TimeSpan.FromHours(5));
        _test.Issue().Dispose();
        Assert.Equal(noted, State().Active.IssuedUntil);

        _test.Clock.Advance(TimeSpan.FromHours(2));
        _test.Issue().Dispose();
        Assert.True(State().Active.IssuedUntil > noted);
    }

    [Fact]
    public void Hands_nothing_out_while_its_state_cannot_be_written()
    {
        _test.Restart(step => throw new IOException($"No space left on device, {step}"));

        var failure = Assert.Throws<AuthorityException>(() => _test.Issue());
        Assert.Contains("authority.json cannot be written: No space left on device", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "authority.json:1: is no state of an authority")]
    [InlineData("{", "authority.json:1: is no state of an authority")]
    [InlineData("{\"format\": 1,\n \"surprise\": 2}", "authority.json:2: is no state of an authority")]
    [InlineData("{\"format\": 9, \"active\": {\"certificate\": \"\"}}", "authority.json has the format 9")]
    [InlineData("{\"format\": 1, \"active\": {\"certificate\": \"\"}}", "authority.json lacks a key that signs")]
    [InlineData("null", "authority.json is empty")]
    public void Refuses_a_state_that_it_did_not_write(string state, string expected)
    {
        _test.Folder.Write(OwnAuthority.StateName, Encoding.ASCII.GetBytes(state));

        var failure = Assert.Throws<AuthorityException>(() => _test.Restart());
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_state_whose_certificates_are_damaged()
    {
        var state = State();
        _test.Folder.Write(OwnAuthority.StateName, (state with { Active = state.Active with { Certificate = "-----BEGIN CERTIFICATE-----\n" } }).ToJson());

        var failure = Assert.Throws<AuthorityException>(() => _test.Restart());
        Assert.Contains("put back a good copy", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other.example")]
    [InlineData("local")]
    [InlineData("a.cluster.local")]
    public void Refuses_the_state_of_another_trust_domain(string name)
    {
        _test.Options = _test.Options with { TrustDomain = AuthorityUnderTest.Domain(name) };

        var failure = Assert.Throws<AuthorityException>(() => _test.Restart());
        Assert.Contains("is the authority of another trust domain than " + name, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_no_key_as_text()
    {
        var state = State();

        Assert.Contains("PRIVATE KEY", Encoding.ASCII.GetString(state.ToJson()), StringComparison.Ordinal);
        Assert.DoesNotContain("KEY", $"{state} {state.Active}", StringComparison.Ordinal);
    }

    public void Dispose() => _test.Dispose();

    private AuthorityState State() => AuthorityState.Read(_test.Folder.Read(OwnAuthority.StateName)!, OwnAuthority.StateName);
}
