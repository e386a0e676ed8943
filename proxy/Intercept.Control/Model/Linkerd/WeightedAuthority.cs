namespace Intercept.Control.Model.Linkerd;

/// <param name="Authority">HOST, or HOST:PORT.</param>
/// <param name="Weight">Against the others; in thousandths when they were written as such (500m).</param>
internal sealed record WeightedAuthority(string Authority, uint Weight);
