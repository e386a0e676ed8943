using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Intercept.Control.Manifests.Reading;
using Intercept.Core.Addressing;
using Intercept.Core.Identity;

namespace Intercept.Control.CommandLine;

/// <summary>Values of flags in their forms. What is wrong is reported, and something harmless is returned, so that reading goes on.</summary>
internal sealed class FlagReader(GivenFlags given)
{
    private const int LongestDrain = 24 * 60 * 60;
    private const int MostProxies = 1_000_000;

    public GivenFlags Given => given;

    public string Text(Flag flag) => given.Text(flag) ?? flag.Default;

    public string? Choice(Flag flag)
    {
        var text = Text(flag);
        if (flag.Choices.Contains(text))
        {
            return text;
        }

        given.Report(flag, text, "is not a choice", string.Join(" or ", flag.Choices));
        return null;
    }

    public TimeSpan Duration(Flag flag, TimeSpan least)
    {
        var text = Text(flag);
        if (GoDuration.TryParse(text, out var duration) && duration >= least)
        {
            return duration;
        }

        given.Report(flag, text, "is not a duration in range", $"such as 100ms, 30s or 24h; at least {least.TotalSeconds} s");
        return TimeSpan.FromSeconds(1);
    }

    public TimeSpan DrainTime() => TimeSpan.FromSeconds(Number(FlagTable.DrainTime, 0, LongestDrain));

    public int MaximumProxies() => Number(FlagTable.MaximumProxies, 1, MostProxies);

    public TrustDomain Domain()
    {
        var text = Text(FlagTable.TrustDomain);
        if (TrustDomain.TryParse(text, out var domain))
        {
            return domain;
        }

        given.Report(FlagTable.TrustDomain, text, "is not a trust domain", "1 to 255 characters of a-z, 0-9, '.', '-', '_'");
        return TrustDomain.TryParse(FlagTable.TrustDomain.Default, out var standard) ? standard : throw new InvalidOperationException();
    }

    public ImmutableArray<SpiffeId> Identities(Flag flag)
    {
        var identities = ImmutableArray.CreateBuilder<SpiffeId>();
        foreach (var text in given.Texts(flag))
        {
            if (SpiffeId.TryParse(text, out var identity) && identity.Namespace is not null)
            {
                identities.Add(identity);
                continue;
            }

            given.Report(flag, text, "is not a workload's identity", "spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT");
        }

        return identities.ToImmutable();
    }

    /// <summary>A name of DNS: namespaces and domains.</summary>
    public string Name(Flag flag)
    {
        var text = Text(flag);
        if (text.Length > 253 || !text.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            given.Report(flag, text, "is not a name of DNS", "labels of a-z, 0-9 and '-', with dots between");
        }

        return text;
    }

    public ImmutableArray<IPEndPoint> Addresses(Flag flag, ImmutableArray<IPEndPoint> standard, bool isLoopbackOnly = false)
    {
        var texts = given.Texts(flag);
        if (texts is [] or ["off"])
        {
            return texts.Count == 0 ? standard : [];
        }

        var addresses = ImmutableArray.CreateBuilder<IPEndPoint>(texts.Count);
        foreach (var text in texts)
        {
            if (!NetEndpoint.TryParse(text, out var endpoint))
            {
                given.Report(flag, text, "is not an address with a port", "127.0.0.1:15010 or [::1]:15010, or off alone");
                continue;
            }

            var address = new IPEndPoint(endpoint.Address.ToIPAddress(), endpoint.Port);
            if (isLoopbackOnly && !IPAddress.IsLoopback(address.Address))
            {
                given.Report(flag, text, "is reached from other machines, where anybody could read the configuration of every proxy", "a loopback address; --tls-address for others");
            }
            else if (addresses.Contains(address))
            {
                given.Report(flag, text, "is given twice", "once");
            }

            addresses.Add(address);
        }

        return addresses.ToImmutable();
    }

    private int Number(Flag flag, int least, int most)
    {
        var text = Text(flag);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        given.Report(flag, text, "is not in range", $"a whole number from {least} to {most}");
        return least;
    }
}
