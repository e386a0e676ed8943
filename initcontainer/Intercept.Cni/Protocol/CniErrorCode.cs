namespace Intercept.Cni.Protocol;

/// <summary>The numbers of the CNI specification; from 100 on they are the plugin's own.</summary>
internal enum CniErrorCode
{
    IncompatibleVersion = 1,
    BadEnvironment = 4,
    InputOutput = 5,
    Undecodable = 6,
    BadConfiguration = 7,

    /// <summary>The runtime may try again: what is missing now may be there then.</summary>
    TryAgainLater = 11,

    /// <summary>The answer of STATUS when ADD would fail.</summary>
    NotAvailable = 50,

    /// <summary>The rules could not be read, written or removed.</summary>
    CaptureFailed = 100,

    /// <summary>CHECK: what is installed is not what was planned.</summary>
    Differs = 101,
}
