using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <param name="Options">Null when there is any problem.</param>
public sealed record CaptureOptionsResult(CaptureOptions? Options, ImmutableArray<Problem> Problems);
