using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Every signature is blittable, so the generated stubs are plain calls.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

// Read and written whole before use: clearing the 16 KiB stack buffers of the data path would only cost.
[module: SkipLocalsInit]
