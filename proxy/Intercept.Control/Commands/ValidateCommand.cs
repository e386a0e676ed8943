using System.Text.Json;
using Intercept.Control.CommandLine;
using Intercept.Control.Manifests.Folder;
using Intercept.Control.Status;
using Intercept.Core;

namespace Intercept.Control.Commands;

/// <summary>Reads manifests as `serve` would, and reports every problem.</summary>
internal static class ValidateCommand
{
    public static async Task<int> RunAsync(ValidateOptions options, TextWriter output, TextWriter error)
    {
        var results = options.Folders.Select(folder => (Folder: folder, Reading: FolderReader.ReadOnce(folder, ManifestInput.OptionsOf(options.Mesh)))).ToList();
        var problems = results.SelectMany(result => result.Reading.Problems).ToList();
        if (options.IsJson)
        {
            var validation = new Validation(
                problems.Count == 0,
                [.. problems.Select(ProblemStatus.Of)],
                [.. results.SelectMany(result => result.Reading.Warnings).Select(ProblemStatus.Of)]);
            await output.WriteLineAsync(JsonSerializer.Serialize(validation, StatusJson.Default.Validation));
            return problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
        }

        foreach (var (folder, reading) in results)
        {
            foreach (var warning in reading.Warnings)
            {
                await error.WriteLineAsync($"{ControlCommandLine.Program}: warning: {warning}");
            }

            foreach (var problem in reading.Problems)
            {
                await error.WriteLineAsync($"{ControlCommandLine.Program}: {problem}");
            }

            if (reading.Problems.IsEmpty)
            {
                await output.WriteLineAsync($"{folder}: {reading.Objects.Values.Sum()} objects in {reading.Files} files OK");
            }
        }

        if (problems.Count > 0)
        {
            await error.WriteLineAsync($"{ControlCommandLine.Program}: {problems.Count} problem(s)");
        }

        return problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
    }
}
