namespace Intercept.Control.Model.Linkerd;

/// <summary>Both ends belong to it.</summary>
internal readonly record struct StatusRange(int Minimum, int Maximum);
