using System.Buffers;
using System.Text;
using System.Text.Json;
using Intercept.Control.Authentication;
using Intercept.Control.Authority;
using Intercept.Control.CommandLine;
using Intercept.Control.Logging;
using Intercept.Core;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Commands;

/// <summary>What is done to the authority from outside its process, by whoever may read its state folder.</summary>
internal static class AuthorityCommands
{
    // It looks every two seconds.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    public static async Task<int> CreateTokenAsync(TokenOptions options, TextWriter output, TextWriter error, TimeProvider time)
    {
        try
        {
            using var key = TokenKey.OpenOrCreate(options.StateDir);
            var token = new JoinTokens(key, options.TrustDomain, time).Create(options.Identity, options.Life);
            await output.WriteLineAsync(options.IsJson
                ? JsonText(json =>
                {
                    json.WriteString("token", token);
                    json.WriteString("identity", options.Identity.Text);
                    json.WriteString("expires", time.GetUtcNow() + options.Life);
                })
                : token);
            return ExitCode.Success;
        }
        catch (AuthorityException failure)
        {
            return await FailAsync(failure, error);
        }
    }

    public static async Task<int> RotateAsync(RotateOptions options, TextWriter output, TextWriter error, TimeProvider time, CancellationToken cancellation)
    {
        using var log = new ControlLog(error, LogForm.Text, LogLevel.Warning, time);
        try
        {
            var authority = new AuthorityOptions { TrustDomain = options.TrustDomain, StateFolder = options.StateDir };
            var said = await RotationRequest.SendAsync(authority, _patience, time, log.CreateLogger("ca"), cancellation);
            await output.WriteLineAsync(options.IsJson ? JsonText(json => json.WriteString("result", said)) : said);
            return ExitCode.Success;
        }
        catch (AuthorityException failure)
        {
            return await FailAsync(failure, error);
        }
    }

    private static string JsonText(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static async Task<int> FailAsync(AuthorityException failure, TextWriter error)
    {
        await error.WriteLineAsync($"{ControlCommandLine.Program}: {failure.Message}");
        return ExitCode.Failed;
    }
}
