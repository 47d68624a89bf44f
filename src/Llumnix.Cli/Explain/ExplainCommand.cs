using System.CommandLine;
using System.Net;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;
using Llumnix.Server.Http.Endpoints;

namespace Llumnix.Cli.Explain;

/// <summary><c>llumnix explain</c>: asks a running scheduler where a request would go and why, without placing it.</summary>
internal static class ExplainCommand
{
    private const string ConsolePort = "8004 unless told otherwise";
    private const int MaxAnswerBytes = 16 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly Option<string> Mode = new("--mode") { Description = "The request's scheduling mode.", DefaultValueFactory = _ => "neutral" };

    private static readonly Option<string?> Stage = new("--stage") { Description = "prefill or decode, with pd_staged." };

    private static readonly Option<int> PromptTokens = new("--prompt-tokens") { Description = "The prompt's length.", DefaultValueFactory = _ => 1000 };

    private static readonly Option<string?> Model = new("--model") { Description = "The model asked for, where there are several." };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the scheduler's answer as it is." };

    private static readonly IReadOnlyList<CommandRule> Rules =
    [
        new([Mode], static p => IsStaged(p) && !CommandRule.IsGiven(p, Stage), "--mode pd_staged needs --stage: prefill or decode"),
        new([Mode], static p => !IsStaged(p) && CommandRule.IsGiven(p, Stage), "--stage goes with --mode pd_staged"),
    ];

    internal static Command Create()
    {
        Mode.AcceptOnlyFromAmong("neutral", "pd_batch", "pd_staged");
        Stage.AcceptOnlyFromAmong("prefill", "decode");
        var command = new CheckedCommand(
            "explain",
            "Asks a running scheduler where a request would go and why; nothing is placed. The scheduler needs --service-token-file, whose token goes into --token-file here, "
            + "or --enable-console, whose port explains without one on the same machine: --scheduler http://127.0.0.1:8004.",
            static parsed => CommandRule.FindProblems(Rules, parsed))
        {
            SchedulerTarget.Address, SchedulerTarget.TokenFile, Mode, Stage, PromptTokens, Model, Json,
        };
        PromptTokens.Check(static value => value >= 0, "0 tokens or more");
        command.SetAction((parsed, cancellation) => RunAsync(parsed, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation));
        return command;
    }

    /// <summary>Asks and prints. 0: the request would be placed; 1: it would not, or only where nothing answers, or the scheduler gives no answer; 2: bad input.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    internal static async Task<int> RunAsync(ParseResult parsed, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            using HttpClient client = ClientFactory.Create(Timeout, MaxAnswerBytes);
            using HttpRequestMessage request = SchedulerTarget.Of(parsed).Request(HttpMethod.Post, "/debug/explain", BodyOf(parsed));
            using HttpResponseMessage answer = await client.SendAsync(request, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                (string reason, string described) = answer.Headers.Location is { } target
                    ? ("", $"{(int)answer.StatusCode}: a redirect to {HttpAddress.Show(target)}")
                    : await AnswerText.DescribeAsync(answer, cancellation);
                await errors.WriteLineAsync(described + Hint(answer, reason));
                return ExitCodes.Failure;
            }

            byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellation);
            Explanation? explanation = Explanation.Parse(body);
            if (parsed.GetValue(Json))
            {
                await output.WriteAsync(Encoding.UTF8.GetString(body) + "\n");
            }
            else
            {
                await output.WriteAsync(ExplanationText.Render(explanation ?? throw new JsonException(), parsed.GetValue(PromptTokens), parsed.GetValue(Model) ?? ""));
            }

            return explanation is { IsServed: true } ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (JsonException)
        {
            await errors.WriteLineAsync("the answer is no explanation; --json prints it as it is");
            return ExitCodes.Failure;
        }
        catch (HttpRequestException exception)
        {
            await errors.WriteLineAsync(SchedulerTarget.Describe(exception, $"llumnix serve --enable-console explains at the console's port, {ConsolePort}"));
            return ExitCodes.Failure;
        }
        catch (TaskCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            await errors.WriteLineAsync(exception.Message);
            return ExitCodes.Failure;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await UsageError.WriteAsync(errors, "explain", exception.Message);
        }
    }

    private static bool IsStaged(ParseResult parsed) => parsed.GetValue(Mode) == "pd_staged";

    private static string BodyOf(ParseResult parsed) => new JsonObject
    {
        ["id"] = "explain",
        ["scheduling_mode"] = parsed.GetValue(Mode),
        ["scheduling_stage"] = parsed.GetValue(Stage) ?? "",
        ["prompt_num_tokens"] = parsed.GetValue(PromptTokens),
        ["model"] = parsed.GetValue(Model) ?? "",
    }.ToJsonString();

    /// <summary>What can be done about an answer that is no explanation.</summary>
    private static string Hint(HttpResponseMessage answer, string reason) => answer.StatusCode switch
    {
        // It names the flags itself.
        HttpStatusCode.NotFound when reason == UnexplainedEndpoint.Message => "",
        HttpStatusCode.NotFound when answer.Content.Headers.ContentType?.MediaType == MediaTypeNames.Application.Json =>
            $" (a gateway answers there; {SchedulerTarget.Address.Name} must name a scheduler, or the console's port of llumnix serve --enable-console, {ConsolePort})",
        HttpStatusCode.NotFound => $" ({SchedulerTarget.Address.Name} must name a scheduler that runs with --service-token-file, at its --admin-port where it has one, or the console's port, "
            + $"{ConsolePort}, of a scheduler or of llumnix serve --enable-console)",
        HttpStatusCode.Unauthorized =>
            $" (give the service token by {SchedulerTarget.TokenFile.Name} or {SchedulerTarget.TokenVariable}; at a console's port give the console's token or, "
            + "where llumnix serve has --api-key-file and its console no token, a gateway key)",
        _ => "",
    };
}
