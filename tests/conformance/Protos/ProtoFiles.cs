using System.Diagnostics;
using System.Reflection;
using Google.Protobuf.Reflection;

namespace Intercept.Tests.Conformance.Protos;

/// <summary>What .proto files declare, by protoc's reading of them.</summary>
internal sealed class ProtoFiles
{
    private ProtoFiles(FileDescriptorSet set)
    {
        foreach (var file in set.File)
        {
            Files.Add(file.Name, file);
            Add(file.Package, file.MessageType, file.EnumType);
            foreach (var service in file.Service)
            {
                Services.Add($"{file.Package}.{service.Name}", service);
            }
        }
    }

    public Dictionary<string, FileDescriptorProto> Files { get; } = [];

    /// <summary>By full name, nested ones too.</summary>
    public Dictionary<string, DescriptorProto> Messages { get; } = [];

    public Dictionary<string, EnumDescriptorProto> Enums { get; } = [];

    public Dictionary<string, ServiceDescriptorProto> Services { get; } = [];

    /// <param name="files">Relative to one of the roots; what they import comes with them.</param>
    public static async Task<ProtoFiles> ReadAsync(IEnumerable<string> roots, IEnumerable<string> files)
    {
        var set = Path.Combine(Path.GetTempPath(), $"intercept-protos-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            using var process = Process.Start(new ProcessStartInfo(
                Named("protoc"), [.. roots.Append(Named("protoc imports")).Select(root => $"-I{root}"), "--include_imports", $"--descriptor_set_out={set}", .. files])
            {
                RedirectStandardError = true,
            })!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, errors);
            return new ProtoFiles(FileDescriptorSet.Parser.ParseFrom(await File.ReadAllBytesAsync(set)));
        }
        finally
        {
            File.Delete(set);
        }
    }

    /// <summary>By the project file.</summary>
    private static string Named(string what) =>
        typeof(ProtoFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == what).Value!;

    private void Add(string scope, IEnumerable<DescriptorProto> messages, IEnumerable<EnumDescriptorProto> enums)
    {
        foreach (var message in messages)
        {
            var name = $"{scope}.{message.Name}";
            Messages.Add(name, message);
            Add(name, message.NestedType, message.EnumType);
        }

        foreach (var declared in enums)
        {
            Enums.Add($"{scope}.{declared.Name}", declared);
        }
    }
}
