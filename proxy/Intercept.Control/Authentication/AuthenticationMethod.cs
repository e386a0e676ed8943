namespace Intercept.Control.Authentication;

/// <summary>By what a caller showed who it is; the label of metrics and log lines.</summary>
internal enum AuthenticationMethod
{
    /// <summary>A Kubernetes service-account token, reviewed by the API server.</summary>
    ServiceAccountToken,

    /// <summary>A token made by `intercept-control token create`.</summary>
    JoinToken,

    /// <summary>A certificate that this mesh issued, in mutual TLS.</summary>
    Certificate,

    /// <summary>The user of the process at the other end of a Unix socket, as the kernel knows it.</summary>
    UnixPeer,
}
