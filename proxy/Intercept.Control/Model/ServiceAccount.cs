namespace Intercept.Control.Model;

internal sealed record ServiceAccount(string Namespace, string Name, Origin Origin);
