using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux.Bpf;

/// <summary>A program at its place. It stays there while this is open or pinned, and no longer: nothing is left of a process that died.</summary>
public sealed class BpfLink : IDisposable
{
    // BPF_LINK_TYPE_NETNS
    private const uint NetnsType = 5;

    private readonly SafeFileHandle _handle;

    internal BpfLink(int descriptor) => _handle = new SafeFileHandle(descriptor, ownsHandle: true);

    public static BpfLink OpenPinned(string path) =>
        BpfCall.OpenPinned(path, out var descriptor) is var error && error == 0
            ? new BpfLink(descriptor)
            : throw BpfException.From(path, error);

    /// <summary>Which program runs, and where.</summary>
    public unsafe BpfLinkPlace Place()
    {
        Information information = default;
        return BpfCall.Inform((int)_handle.DangerousGetHandle(), &information, (uint)sizeof(Information)) is var error && error == 0
            ? new BpfLinkPlace(information.Program, information.Type == NetnsType ? (uint)information.Target : information.Target)
            : throw BpfException.From("cannot read a link", error);
    }

    /// <param name="path">On bpffs. From then on the program outlives this process; deleting the file detaches it.</param>
    public void Pin(string path)
    {
        if (BpfCall.PinAt((int)_handle.DangerousGetHandle(), path) is var error && error != 0)
        {
            throw BpfException.From($"cannot pin a link at {path}", error);
        }
    }

    /// <summary>Puts another program in the place of this one; no connection sees neither.</summary>
    public void Replace(BpfObject loaded, string program)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        if (BpfCall.Replace((int)_handle.DangerousGetHandle(), loaded.ProgramDescriptor(program)) is var error && error != 0)
        {
            throw BpfException.From($"cannot replace the program of a link by {program}", error);
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>The beginning of struct bpf_link_info. A cgroup's id has 64 bits, a namespace's inode 32 and the attach type after it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        public uint Type;
        public uint Id;
        public uint Program;
        public uint Padding;
        public ulong Target;
        public uint AttachType;
    }
}
