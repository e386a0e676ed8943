using Intercept.Core.Identity;

namespace Intercept.Control.CommandLine;

internal sealed record TokenOptions(SpiffeId Identity, TimeSpan Life, string StateDir, TrustDomain TrustDomain, bool IsJson);
