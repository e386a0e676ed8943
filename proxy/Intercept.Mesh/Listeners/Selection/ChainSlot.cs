namespace Intercept.Mesh.Listeners.Selection;

/// <summary>The end of a path of criteria.</summary>
internal sealed class ChainSlot
{
    public FilterChain? Chain { get; set; }
}
