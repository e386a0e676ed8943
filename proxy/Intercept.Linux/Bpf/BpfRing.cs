using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux.Bpf;

/// <summary>
/// Records that programs write and one reader takes, in order. The position of the reader is part of the map: two readers would take
/// each other's records.
/// </summary>
public sealed unsafe class BpfRing<TRecord> : IDisposable
    where TRecord : unmanaged
{
    private const int Readable = 1;
    private const int Writable = 2;
    private const int Shared = 1;
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;
    private const int HeaderSize = 8;

    private readonly SafeFileHandle _map;
    private readonly SafeFileHandle _epoll;
    private readonly uint _size;
    private readonly ulong* _consumed;
    private readonly ulong* _produced;

    internal BpfRing(int descriptor, string name)
    {
        _map = new SafeFileHandle(descriptor, ownsHandle: true);
        MapInformation information = default;
        Must(BpfCall.Inform(descriptor, &information, (uint)sizeof(MapInformation)), name);
        if (information.Type != MapInformation.Ring)
        {
            throw new BpfException($"{name} is {information} and no ring: another version of Intercept made it");
        }

        _size = information.MaximumOfEntries;
        _epoll = new SafeFileHandle(Epoll.Create(), ownsHandle: true);
        Must(-Epoll.Add((int)_epoll.DangerousGetHandle(), descriptor, Epoll.In, 0), name);

        // The kernel shows the records twice in a row, so that one that goes past the end is in one piece.
        _consumed = Map(PageSize, Readable | Writable, 0, name);
        _produced = Map(PageSize + (2 * (nuint)_size), Readable, (nint)PageSize, name);
    }

    private static nuint PageSize => (nuint)Environment.SystemPageSize;

    public static BpfRing<TRecord> OpenPinned(string path) =>
        BpfCall.OpenPinned(path, out var descriptor) is var error && error == 0
            ? new BpfRing<TRecord>(descriptor, path)
            : throw BpfException.From(path, error);

    /// <summary>Returns when there is something to read, or after the limit.</summary>
    public void Wait(TimeSpan limit) => _ = Epoll.Wait((int)_epoll.DangerousGetHandle(), new EpollEvent[1], (int)limit.TotalMilliseconds);

    /// <returns>False where there is nothing to read now.</returns>
    public bool TryRead(out TRecord record)
    {
        ObjectDisposedException.ThrowIf(_map.IsClosed, this);
        while (true)
        {
            record = default;
            var consumed = *_consumed;
            if (consumed == Volatile.Read(ref *_produced))
            {
                return false;
            }

            var header = (uint*)((byte*)_produced + PageSize + (consumed & (_size - 1)));
            var length = Volatile.Read(ref *header);
            if ((length & Busy) != 0)
            {
                return false;
            }

            var size = length & ~Discarded;
            var isRecord = length == sizeof(TRecord);
            if (isRecord)
            {
                record = *(TRecord*)((byte*)header + HeaderSize);
            }

            Volatile.Write(ref *_consumed, consumed + HeaderSize + ((size + 7) & ~7u));
            if (isRecord)
            {
                return true;
            }

            if (size == length)
            {
                throw new BpfException(string.Create(
                    CultureInfo.InvariantCulture, $"a record of {size} bytes, not of {sizeof(TRecord)}: another version of Intercept wrote it"));
            }
        }
    }

    public void Dispose()
    {
        if (!_map.IsClosed)
        {
            _ = Libc.munmap((nint)_produced, PageSize + (2 * (nuint)_size));
            _ = Libc.munmap((nint)_consumed, PageSize);
            _epoll.Dispose();
            _map.Dispose();
        }
    }

    private ulong* Map(nuint length, int protection, nint offset, string name)
    {
        var address = Libc.mmap(null, length, protection, Shared, (int)_map.DangerousGetHandle(), offset);
        return address != -1 ? (ulong*)address : throw BpfException.From($"cannot map {name}", System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
    }

    private static void Must(int error, string name)
    {
        if (error > 0)
        {
            throw BpfException.From($"ring {name}", error);
        }
    }
}
