using Intercept.Core.Identity;

namespace Intercept.Control.CommandLine;

internal sealed record RotateOptions(string StateDir, TrustDomain TrustDomain, bool IsJson);
