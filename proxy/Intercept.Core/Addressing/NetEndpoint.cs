namespace Intercept.Core.Addressing;

/// <summary>An address and a TCP or UDP port, as a value.</summary>
public readonly record struct NetEndpoint(NetAddress Address, ushort Port)
{
    /// <summary>Strict: "10.0.0.1:80" or "[2001:db8::1]:80".</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NetEndpoint endpoint)
    {
        endpoint = default;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], System.Globalization.NumberStyles.None, null, out var port))
        {
            return false;
        }

        var host = text[..colon];
        var bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        if (!NetAddress.TryParse(bracketed ? host[1..^1] : host, out var address) || bracketed != address.IsIPv6)
        {
            return false;
        }

        endpoint = new NetEndpoint(address, port);
        return true;
    }

    public override string ToString() => Address.IsIPv6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
