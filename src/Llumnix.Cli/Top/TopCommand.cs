using System.CommandLine;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;
using Spectre.Console;

namespace Llumnix.Cli.Top;

/// <summary><c>llumnix top</c>: the fleet and the last decisions of a running scheduler, in a terminal.</summary>
internal static class TopCommand
{
    private const string TokenVariable = "LLUMNIX_CONSOLE_TOKEN";

    private static readonly Option<Uri?> Address =
        HttpAddress.CreateOption("--console", "The address of the console's port, http(s)://host:port.", "http://127.0.0.1:8004");

    private static readonly Option<string?> TokenFile = InputFile.CreateSecretOption(
        "--token-file", $"File of the console's token, or where it has none, of the service token; else {TokenVariable} or {SchedulerTarget.TokenVariable} holds it.");

    private static readonly Option<TopOrder> Order = new("--sort") { Description = "What the instances are sorted by: id, health, running, waiting, kv, flight or age." };

    private static readonly Option<bool> Once = new("--once") { Description = "Print the present state and end, as it does where the output is no terminal." };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the present state as JSON and end." };

    internal static Command Create()
    {
        var command = new Command("top", "Shows the fleet and the last decisions of a scheduler or of serve, which needs --enable-console.")
        {
            Address, TokenFile, Order, Once, Json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, TopScreen.CreateConsole(), parsed.InvocationConfiguration.Error, cancellation));
        return command;
    }

    /// <summary>Shows until it is interrupted. 0: shown; 1: there is no answer; 2: bad input.</summary>
    /// <exception cref="OperationCanceledException">Interrupted before anything was shown.</exception>
    internal static async Task<int> RunAsync(ParseResult parsed, IAnsiConsole console, TextWriter errors, CancellationToken cancellation)
    {
        string token;
        try
        {
            token = parsed.GetValue(TokenFile) is { } path
                ? ClientToken.ReadFile(TokenFile, path)
                : ClientToken.ReadVariable(TokenVariable) is { Length: > 0 } own ? own
                : ClientToken.ReadVariable(SchedulerTarget.TokenVariable);
        }
        catch (IOException exception)
        {
            return await UsageError.WriteAsync(errors, "top", exception.Message);
        }

        var client = new TopClient(parsed.GetValue(Address)!, token, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task reading = client.RunAsync(stop.Token);
        string? problem = await client.First;
        if (problem is null)
        {
            var screen = new TopScreen(console, client, parsed.GetValue(Order), TimeProvider.System);
            if (parsed.GetValue(Json))
            {
                await console.Profile.Out.Writer.WriteLineAsync(client.Read(TopJson.Write));
            }
            else if (parsed.GetValue(Once) || !screen.CanRedraw)
            {
                screen.Write();
            }
            else
            {
                await screen.RedrawAsync(cancellation);
            }
        }
        else if (!cancellation.IsCancellationRequested)
        {
            await errors.WriteLineAsync($"{AnswerText.OneLine(problem)}{Hint(problem)}");
        }

        await stop.CancelAsync();
        await reading;
        if (problem is null)
        {
            return ExitCodes.Success;
        }

        cancellation.ThrowIfCancellationRequested();
        return ExitCodes.Failure;
    }

    private static string Hint(string problem) =>
        problem.StartsWith("401", StringComparison.Ordinal)
            ? $" (give the console's token by {TokenFile.Name} or {TokenVariable}; where the console has none, the service token of the scheduler works there, also by "
                + $"{SchedulerTarget.TokenVariable}, or with serve --api-key-file a gateway key)"
        : problem.Contains("refused", StringComparison.Ordinal)
            ? $": nothing listens there; does the scheduler or llumnix serve run with --enable-console, and is {Address.Name} the console's address? It has the port 8004 unless told otherwise"
        : problem.StartsWith("404", StringComparison.Ordinal)
            ? $" (no console answers there; {Address.Name} must name the console's port, 8004 unless told otherwise, of a scheduler or of llumnix serve --enable-console)"
            : "";
}
