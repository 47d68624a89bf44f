using System.CommandLine;
using System.Text.Json;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Drain;

/// <summary><c>llumnix drain</c>: takes instances out of a running scheduler's choice, and waits until they can be deleted.</summary>
internal static class DrainCommand
{
    /// <summary>Holds the name where the command line has none: a container's hook cannot put its own address into a command line.</summary>
    internal const string NameVariable = "LLUMNIX_DRAIN_NAME";

    private const int LongestTimeout = 7 * 24 * 3600;

    private static readonly Argument<string?> Name = new("name")
    {
        Description = "The instance: its id, its id in answers, or host:port. With --scope: the node, unit or label (key=value). Else " + NameVariable + " holds it, except with --status.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> Scope = new("--scope") { Description = "What is drained.", DefaultValueFactory = _ => "instance" };

    private static readonly Option<bool> Wait = new("--wait") { Description = "Wait until it is safe to delete, and say so by exit code 0." };

    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "Longest wait, seconds; then the exit code is 3.", DefaultValueFactory = _ => 3600,
    };

    private static readonly Option<bool> Undo = new("--undo") { Description = "End the drain: requests go there again." };

    private static readonly Option<bool> Status = new("--status") { Description = "Tell how far the drain is, or all drains without a name." };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the scheduler's answer, in JSON; with --wait the last one." };

    private static readonly IReadOnlyList<CommandRule> Rules =
    [
        new([Wait, Undo, Status], static p => new[] { Wait, Undo, Status }.Count(p.GetValue) > 1, "--wait, --undo and --status exclude each other"),
        new(
            [Status],
            static p => !p.GetValue(Status) && NameOf(p.GetValue(Name), isAllMeant: false) is null,
            $"a name is needed, by the command line or {NameVariable}, except with --status"),
    ];

    internal static Command Create()
    {
        Scope.AcceptOnlyFromAmong("instance", "node", "unit", "label");
        Timeout.Check(static value => value is >= 1 and <= LongestTimeout, $"from 1 to {LongestTimeout} seconds");
        var command = new CheckedCommand(
            "drain",
            "Takes instances out of a scheduler's choice, so that they can be deleted without harm. With llumnix serve, --scheduler is the port where it serves, as in "
            + "--scheduler http://127.0.0.1:8080; the console's port takes it with the operator token only.",
            static parsed => CommandRule.FindProblems(Rules, parsed))
        {
            Name, Scope, Wait, Timeout, Undo, Status, Json, SchedulerTarget.Address, SchedulerTarget.TokenFile,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, TimeProvider.System, cancellation));
        return command;
    }

    private static string? NameOf(string? given, bool isAllMeant) =>
        given is { Length: > 0 } ? given
        : !isAllMeant && Environment.GetEnvironmentVariable(NameVariable) is { Length: > 0 } name ? name
        : null;

    /// <summary>Calls the scheduler and prints. The exit code is one of <see cref="DrainExit"/>.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    internal static async Task<int> RunAsync(
        ParseResult parsed, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            using var client = new DrainClient(SchedulerTarget.Of(parsed));
            string scope = parsed.GetValue(Scope)!;
            string? name = NameOf(parsed.GetValue(Name), parsed.GetValue(Status));
            if (parsed.GetValue(Wait))
            {
                return await new DrainWait(client, scope, name!, parsed.GetValue(Json), output, errors, time).RunAsync(TimeSpan.FromSeconds(parsed.GetValue(Timeout)), cancellation);
            }

            if (parsed.GetValue(Undo))
            {
                // The answer of the end has no drains, so the text takes its name from before.
                DrainStatus? before = parsed.GetValue(Json) ? null : await client.TellAsync(scope, name, cancellation);
                DrainStatus undone = await client.UndoAsync(scope, name!, cancellation);
                await output.WriteLineAsync(before is null ? undone.Json : $"{DrainText.NameOf(before, scope, name!)}: the drain is undone");
                return DrainExit.Done;
            }

            bool isAsked = parsed.GetValue(Status);
            DrainStatus status = isAsked ? await client.TellAsync(scope, name, cancellation) : await client.OrderAsync(scope, name!, cancellation);
            await output.WriteAsync(DrainText.Show(status, parsed.GetValue(Json)));
            return !isAsked || name is null || status.SafeToDelete ? DrainExit.Done : DrainExit.NotSafe;
        }
        catch (JsonException)
        {
            await errors.WriteLineAsync("the answer is none of a scheduler");
            return DrainExit.Failed;
        }
        catch (HttpRequestException exception)
        {
            await errors.WriteLineAsync(SchedulerTarget.Describe(exception, "llumnix serve has 8080 unless told otherwise"));
            return exception is UnknownDrainException ? DrainExit.Unknown : DrainExit.Failed;
        }
        catch (TaskCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            await errors.WriteLineAsync(exception.Message);
            return DrainExit.Failed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await UsageError.WriteAsync(errors, "drain", exception.Message);
        }
    }
}
