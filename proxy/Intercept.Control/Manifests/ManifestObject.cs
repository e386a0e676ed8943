using Intercept.Control.Model;

namespace Intercept.Control.Manifests;

/// <param name="Value">A record of the model or of this room; null for what is not part of the mesh, such as a finished pod.</param>
internal sealed record ManifestObject(ObjectKey Key, object? Value, Origin Origin);
