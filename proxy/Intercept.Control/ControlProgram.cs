using Intercept.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Intercept.Control;

/// <summary>From arguments to an exit code.</summary>
internal static class ControlProgram
{
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = arguments });
        builder.Services.AddGrpc();
        await error.WriteLineAsync("intercept-control: serves nothing yet");
        return ExitCode.Usage;
    }
}
