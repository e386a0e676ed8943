using Intercept.Core.Outcomes;

namespace Intercept.Proxy.TlsContexts;

/// <summary>Why a TLS context cannot be used: connections that need it are closed for this reason.</summary>
internal sealed record TlsAbsence(CloseReason Reason, string Detail);
