using System.Text.Json;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Profiling;
using Llumnix.Cli.Tests.Load;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class FleetComparisonTests
{
    private const string Page = """
        # HELP scheduler_latency_error_ratio Quantile.
        # TYPE scheduler_latency_error_ratio gauge
        scheduler_latency_error_ratio{class="neutral/vllm",latency="ttft",quantile="0.5"} 1.02
        scheduler_latency_error_ratio{class="neutral/vllm",latency="ttft",quantile="0.9"} 1.25
        scheduler_latency_error_ratio{class="neutral/vllm",latency="ttft",quantile="0.99"} 2.5
        # TYPE scheduler_latency_outcomes_total counter
        scheduler_latency_outcomes_total{class="neutral/vllm",latency="ttft"} 1234
        scheduler_latency_outcomes_total{class="neutral/vllm",latency="tpot"} 0
        # TYPE scheduler_latency_bound_coverage_ratio gauge
        scheduler_latency_bound_coverage_ratio{class="neutral/vllm",latency="ttft"} 0.897
        scheduler_latency_bound_coverage_ratio{class="neutral/vllm",latency="tpot"} NaN
        # TYPE scheduler_latency_eligible_ratio gauge
        scheduler_latency_eligible_ratio{class="neutral/vllm",latency="ttft"} 0.88
        # TYPE scheduler_latency_table_ratio gauge
        scheduler_latency_table_ratio{instance_id="a",table="decode"} 1.01
        scheduler_latency_table_ratio{instance_id="b",table="decode"} 1.26
        scheduler_latency_table_ratio{instance_id="b",table="prefill"} 0.5
        # TYPE scheduler_latency_drifted gauge
        scheduler_latency_drifted{instance_id="b",table="decode"} 1
        # TYPE scheduler_latency_correction_withheld gauge
        scheduler_latency_correction_withheld{instance_id="b",table="prefill"} 1
        # TYPE scheduler_latency_correction_fitted gauge
        scheduler_latency_correction_fitted{instance_id="b",table="decode"} 1
        # TYPE scheduler_latency_class gauge
        scheduler_latency_class{instance_id="a",class="neutral/vllm"} 1
        scheduler_latency_class{instance_id="b",class="neutral/vllm"} 1

        """;

    [Fact]
    public async Task Run_SchedulerTells_TablesAndJson()
    {
        (int exitCode, string text, string errors) = await CompareAsync(context => context.Response.WriteAsync(Page), json: null);

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Equal(
            """
            Latencies of requests, actual over predicted
            class         latency  outcomes  median  p90   p99   within bound  eligible up to
            neutral/vllm  ttft     1234      1.02    1.25  2.50  0.897         0.88
            neutral/vllm  tpot     0         -       -     -     -             -

            Step times, measured over tabulated
            instance  class         table    ratio  drifted  correction
            b         neutral/vllm  prefill  0.50   no       withheld
            b         neutral/vllm  decode   1.26   yes      fit
            a         neutral/vllm  decode   1.01   no       ratio

            """,
            text);

        (exitCode, string json, _) = await CompareAsync(context => context.Response.WriteAsync(Page), json: "-");
        Assert.Equal(0, exitCode);
        using var told = JsonDocument.Parse(json);
        Assert.Equal(1.25, told.RootElement.GetProperty("classes")[0].GetProperty("high").GetDouble());
        Assert.Equal(JsonValueKind.Null, told.RootElement.GetProperty("classes")[1].GetProperty("coverage").ValueKind);
        Assert.Equal("fit", told.RootElement.GetProperty("instances")[1].GetProperty("correction").GetString());
    }

    [Theory]
    [InlineData(401, "", "/metrics: 401; give the token of the scheduler's --metrics-token by --token-file or LLUMNIX_SCHEDULER_METRICS_TOKEN")]
    [InlineData(404, "", "/metrics: 404; there are no metrics; --compare takes the address of a scheduler, at its --admin-port where it has one")]
    [InlineData(403, "", "/metrics: 403; --compare takes the address of a scheduler")]
    [InlineData(503, "", "/metrics: 503; the scheduler, or a proxy before it, cannot answer now; try again")]
    [InlineData(200, "# TYPE up gauge\nup 1\n", "tells nothing of predictions: the scheduler needs profiling tables")]
    public async Task Run_NothingToCompare_SaysWhy(int status, string page, string message)
    {
        (int exitCode, string text, string errors) = await CompareAsync(
            context =>
            {
                context.Response.StatusCode = status;
                return context.Response.WriteAsync(page);
            },
            json: null);

        Assert.Equal(1, exitCode);
        Assert.Equal("", text);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TokenFile_IsSent()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "secret\n", TestContext.Current.CancellationToken);
        try
        {
            (int exitCode, _, string errors) = await CompareAsync(
                context =>
                {
                    context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer secret" ? 200 : 401;
                    return context.Response.WriteAsync(Page);
                },
                json: null,
                file);
            Assert.Equal((0, ""), (exitCode, errors));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Run_TokenFileThatIsNotThere_IsBadInput()
    {
        (int exitCode, _, string errors) = await CompareAsync(static _ => Task.CompletedTask, json: null, "/does/not/exist");
        Assert.Equal(2, exitCode);
        Assert.StartsWith("error: --token-file: the file \"/does/not/exist\" cannot be read: there is no such file\n", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--endpoint and --model are needed to measure an engine; --compare asks a scheduler", "--model", "m")]
    [InlineData("--compare must be host:port, http://host:port or https://host:port, not \"scheduler\"", "--compare", "scheduler")]
    [InlineData("--compare measures no engine: leave --endpoint out", "--compare", "http://s", "--endpoint", "http://e")]
    [InlineData("--token-file needs --compare", "--endpoint", "http://e", "--model", "m", "--token-file", "f")]
    [InlineData("--json needs --compare", "--endpoint", "http://e", "--model", "m", "--json", "f")]
    public async Task Run_Contradiction_SaysWhatIsRight(string message, params string[] args)
    {
        using StringWriter errors = new() { NewLine = "\n" };
        Assert.Equal(2, await CommandRunner.RunAsync(Root.Create(), ["profile", .. args], TextWriter.Null, errors, TestContext.Current.CancellationToken));
        Assert.Contains($"error: {message}", errors.ToString().Split('\n'));
    }

    private static async Task<(int ExitCode, string Output, string Errors)> CompareAsync(RequestDelegate answer, string? json, string? tokenFile = null)
    {
        await using LoopbackServer scheduler = await LoopbackServer.StartAsync(answer);
        using StringWriter output = new() { NewLine = "\n" };
        using var errors = new StringWriter();
        using StringWriter text = new() { NewLine = "\n" };
        int exitCode = await FleetComparer.RunAsync(scheduler.Url, tokenFile, json, output, json is null ? output : text, errors, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
