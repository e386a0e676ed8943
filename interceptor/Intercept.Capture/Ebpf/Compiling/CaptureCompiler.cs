using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Intercept.Capture.Execution;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf.Compiling;

/// <summary>Compiles the programs on the spot, from the source that this program carries, as its own build did.</summary>
public static partial class CaptureCompiler
{
    private const string Compiler = "clang";
    private const int LinesOfComplaint = 20;

    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Those of Intercept.Capture.csproj, which says why. No path of this machine gets into the object.</summary>
    internal static IReadOnlyList<string> Options { get; } =
    [
        "-O2", "-g", "-target", "bpf", "-mcpu=v2", "-Wall", "-Wextra", "-Werror",
        "-idirafter", "/usr/include/x86_64-linux-gnu", "-idirafter", "/usr/include/aarch64-linux-gnu",
    ];

    [GeneratedRegex("fatal error: '(?<header>[^']+)' file not found", RegexOptions.ExplicitCapture)]
    private static partial Regex MissingHeader { get; }

    /// <exception cref="CaptureException">It cannot be compiled, is not taken by the kernel, or cannot be written.</exception>
    public static async Task<CompiledObject> CompileAsync(CompileSettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var started = Stopwatch.GetTimestamp();
        var image = await BuildAsync(settings, cancellation);
        if (settings.Load)
        {
            Load(image);
        }

        if (settings.File is { } file)
        {
            await PutAsync(image.Bytes, file, cancellation);
        }

        return new CompiledObject(settings.File, image.Bytes.Length, image.Hash, settings.Load ? true : null, Stopwatch.GetElapsedTime(started));
    }

    private static async Task<CaptureImage> BuildAsync(CompileSettings settings, CancellationToken cancellation)
    {
        var runner = new ToolRunner(settings.SearchPath, null);
        if (!runner.Exists(Compiler))
        {
            throw new CaptureException($"{Compiler}, which compiles the programs, is not on PATH: install it and the headers that they include "
                + "(apt-get install clang libbpf-dev linux-libc-dev, apk add clang libbpf-dev linux-headers, dnf install clang libbpf-devel kernel-headers)");
        }

        var directory = Directory.CreateTempSubdirectory("intercept-compile-");
        try
        {
            await CaptureSource.WriteAsync(directory.FullName, cancellation);
            var output = Path.Combine(directory.FullName, "capture.bpf.o");
            string[] arguments =
            [
                .. Options, $"-ffile-prefix-map={directory.FullName}=bpf", "-fdebug-compilation-dir=.",
                "-c", Path.Combine(directory.FullName, CaptureSource.Main), "-o", output,
            ];
            var result = await runner.RunAsync(Compiler, arguments, cancellation: cancellation);
            return result.Succeeded
                ? CaptureImage.Of(await File.ReadAllBytesAsync(output, cancellation), "the object that was compiled here")
                : throw new CaptureException(Explain(result));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Explain(ToolResult result)
    {
        if (MissingHeader.Match(result.Error) is { Success: true } missing)
        {
            var header = missing.Groups["header"].Value;
            var (debian, fedora) = header.StartsWith("bpf/", StringComparison.Ordinal)
                ? ("libbpf-dev", "libbpf-devel")
                : ("linux-libc-dev", "kernel-headers");
            return $"{header}, which the programs include, is not on this machine: install it (apt-get install {debian}, dnf install {fedora})";
        }

        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return $"{Compiler} does not compile the programs (exit {result.ExitCode}):\n{string.Join('\n', lines.Take(LinesOfComplaint))}";
    }

    private static void Load(CaptureImage image)
    {
        try
        {
            using var opened = image.Open();
            opened.Load();
        }
        catch (BpfException failure)
        {
            throw new CaptureException($"compiled, and not written: {failure.Message}\nWhere this machine is not the one to run it, --no-load leaves the trial out");
        }
    }

    private static async Task PutAsync(byte[] bytes, string file, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(file);
        var beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
            await File.WriteAllBytesAsync(beside, bytes, cancellation);
            File.SetUnixFileMode(beside, ReadableByAll);

            // Whoever opens it meanwhile finds the old one or the new one whole.
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(beside))
            {
                File.Delete(beside);
            }

            throw new CaptureException($"cannot write {path}: {failure.Message}");
        }
    }
}
