namespace Intercept.Node.Installation;

/// <summary>
/// The host's root directory as this process sees it: / on the host itself, /host in a container. Symbolic links are followed as the
/// host would follow them, for an absolute one would otherwise lead into the container's own files.
/// </summary>
/// <param name="Path">Without a slash at its end; empty for the host itself.</param>
internal sealed record HostRoot(string Path)
{
    // MAXSYMLINKS of the kernel.
    private const int MostLinks = 40;

    public static HostRoot At(string path) => new(path.TrimEnd('/'));

    /// <param name="hostPath">Absolute, as the host has it.</param>
    /// <returns>The same file for this process, with no link left in it; also for what is not there.</returns>
    public string Resolve(string hostPath)
    {
        var links = 0;
        var waiting = new Stack<string>(Parts(hostPath).Reverse());
        var done = new List<string>();
        while (waiting.TryPop(out var part))
        {
            if (part == "..")
            {
                done.RemoveRange(Math.Max(0, done.Count - 1), Math.Min(1, done.Count));
                continue;
            }

            var target = new FileInfo(Join([.. done, part])).LinkTarget;
            if (target is null)
            {
                done.Add(part);
                continue;
            }

            if (++links > MostLinks)
            {
                throw new InstallException($"{hostPath} leads through more than {MostLinks} symbolic links");
            }

            if (target.StartsWith('/'))
            {
                done.Clear();
            }

            foreach (var next in Parts(target).Reverse())
            {
                waiting.Push(next);
            }
        }

        return Join(done);
    }

    /// <returns>What the host calls a path of this process.</returns>
    public string OnHost(string path) => path.StartsWith($"{Path}/", StringComparison.Ordinal) ? path[Path.Length..] : path;

    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    private string Join(IEnumerable<string> parts) => $"{Path}/{string.Join('/', parts)}";
}
