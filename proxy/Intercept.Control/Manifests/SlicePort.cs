namespace Intercept.Control.Manifests;

/// <param name="Name">That of the service's port.</param>
internal sealed record SlicePort(string Name, int Port);
