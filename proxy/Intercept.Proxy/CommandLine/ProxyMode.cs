namespace Intercept.Proxy.CommandLine;

/// <summary>Envoy's --mode.</summary>
internal enum ProxyMode : byte
{
    Serve = 0,

    /// <summary>Reads the configuration, says what is wrong with it, and ends.</summary>
    Validate = 1,
}
