using System.Globalization;
using System.Net;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Profiling;

/// <summary><c>llumnix profile --compare</c>: asks a running scheduler how its predictions compare with what came, and shows it as tables.</summary>
internal static class FleetComparer
{
    /// <summary>Pages of the largest fleets are some ten megabytes.</summary>
    private const int MaxPageBytes = 64 << 20;

    /// <summary>The environment variable of the token: that of the scheduler's own flag.</summary>
    internal const string TokenVariable = "LLUMNIX_SCHEDULER_METRICS_TOKEN";

    private const string NothingThere = ": nothing listens there; does the scheduler run, and is --compare its address? It has the port 8002 unless told otherwise";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Asks and shows. 0: shown; 1: there is no answer, or it tells nothing of predictions; 2: there is no token in its file or variable, or that of the JSON not be written.</summary>
    /// <param name="scheduler">The scheduler's address.</param>
    /// <param name="tokenFile">File of the token for its metrics; null: <see cref="TokenVariable"/> holds it, where there is one.</param>
    /// <param name="json">The value of <c>--json</c>.</param>
    /// <param name="output">The terminal.</param>
    /// <param name="text">Receives the tables: the terminal, or another place where it receives the JSON.</param>
    /// <param name="errors">Receives what has failed.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal static async Task<int> RunAsync(
        Uri scheduler, string? tokenFile, string? json, TextWriter output, TextWriter text, TextWriter errors, CancellationToken cancellation)
    {
        var address = new Uri(scheduler, "/metrics");
        string page = HttpAddress.Show(address);
        try
        {
            using HttpClient client = ClientFactory.Create(AnswerTimeout, MaxPageBytes);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            string token = tokenFile is null
                ? ClientToken.ReadVariable(TokenVariable)
                : ClientToken.ReadFile(SchedulerTarget.TokenFile, tokenFile);
            if (token.Length > 0)
            {
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            }

            using HttpResponseMessage answer = await client.SendAsync(request, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                await errors.WriteLineAsync($"{page}: {(int)answer.StatusCode}; {Hint(answer.StatusCode)}");
                return ExitCodes.Failure;
            }

            FleetComparison comparison = FleetComparison.Of(await answer.Content.ReadAsByteArrayAsync(cancellation));
            if (comparison.IsEmpty)
            {
                await errors.WriteLineAsync(
                    $"{page} tells nothing of predictions: the scheduler needs profiling tables (--ttft-profiling-data-path, --tpot-profiling-data-path), --latency-correction other than off, and instances");
                return ExitCodes.Failure;
            }

            await text.WriteAsync(Format(comparison));
            await JsonOutput.WriteAsync(json, comparison.ToJson, output);
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await UsageError.WriteAsync(errors, "profile", exception.Message);
        }
        catch (HttpRequestException exception)
        {
            await errors.WriteLineAsync($"{page}: {AnswerText.OneLine(CallFailure.Describe(exception))}{(CallFailure.IsRefused(exception) ? NothingThere : "")}");
            return ExitCodes.Failure;
        }
        catch (OperationCanceledException)
        {
            bool isInterrupted = cancellation.IsCancellationRequested;
            await errors.WriteLineAsync(isInterrupted ? "Stopped." : $"{page}: no answer within {AnswerTimeout.TotalSeconds:0} s");
            return isInterrupted ? ExitCodes.Interrupted : ExitCodes.Failure;
        }
    }

    /// <summary>What can be done about an answer that is no page of metrics.</summary>
    private static string Hint(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => $"give the token of the scheduler's --metrics-token by --token-file or {TokenVariable}",
        HttpStatusCode.NotFound => "there are no metrics; --compare takes the address of a scheduler, at its --admin-port where it has one",
        HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => "the scheduler, or a proxy before it, cannot answer now; try again",
        _ => "--compare takes the address of a scheduler, at its --admin-port where it has one",
    };

    /// <summary>Two tables as text: requests by class, then steps by instance, the largest differences first.</summary>
    internal static string Format(FleetComparison comparison) =>
        "Latencies of requests, actual over predicted\n"
        + Table(
            ["class", "latency", "outcomes", "median", "p90", "p99", "within bound", "eligible up to"],
            comparison.Classes.Select(static row => (string[])
            [
                row.Class, row.Latency, Number(row.Outcomes, "0"), Number(row.Median, "0.00"), Number(row.High, "0.00"), Number(row.Highest, "0.00"),
                Number(row.Coverage, "0.000"), Number(row.EligibleShare, "0.00"),
            ]))
        + "\nStep times, measured over tabulated\n"
        + Table(
            ["instance", "class", "table", "ratio", "drifted", "correction"],
            comparison.Instances.OrderByDescending(static row => Math.Abs(Math.Log(row.Ratio))).ThenBy(static row => row.InstanceId, StringComparer.Ordinal).Select(static row => (string[])
            [
                row.InstanceId, row.Class, row.Table, Number(row.Ratio, "0.00"), row.IsDrifted ? "yes" : "no", row.Correction,
            ]));

    private static string Table(string[] titles, IEnumerable<string[]> rows)
    {
        string[][] lines = [titles, .. rows.Select(static row => (string[])[.. row.Select(AnswerText.OneLine)])];
        int[] widths = [.. Enumerable.Range(0, titles.Length).Select(i => lines.Max(line => line[i].Length))];
        return string.Concat(lines.Select(line => string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd() + "\n"));
    }

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
}
