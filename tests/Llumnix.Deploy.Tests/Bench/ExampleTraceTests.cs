using System.Globalization;
using System.Text;
using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Deploy.Tests.Bench;

/// <summary>The traces in bench/traces are what the built-in workloads give.</summary>
public sealed class ExampleTraceTests
{
    private const int Seed = 1;
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Chat_IsTheGeneratedWorkload() => Check("bench/traces/chat.csv", "azure-conversation", 600, static arrivals =>
    {
        StringBuilder csv = new StringBuilder("TIMESTAMP,ContextTokens,GeneratedTokens").Append('\n');
        foreach (RequestArrival arrival in arrivals)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{Start + arrival.Offset:yyyy-MM-dd HH:mm:ss.fff},{arrival.PromptTokens},{arrival.OutputTokens}\n");
        }

        return csv.ToString();
    });

    [Fact]
    public void Conversations_AreTheGeneratedWorkload() => Check("bench/traces/conversations.jsonl", "conversations", 300, static arrivals =>
    {
        var jsonl = new StringBuilder();
        foreach (RequestArrival arrival in arrivals)
        {
            jsonl.Append(CultureInfo.InvariantCulture, $"{{\"timestamp\": {arrival.Offset.TotalMilliseconds:0}, \"input_length\": {arrival.PromptTokens}, ")
                .Append(CultureInfo.InvariantCulture, $"\"output_length\": {arrival.OutputTokens}, \"hash_ids\": [{string.Join(", ", arrival.ContentIds.ToArray())}]}}\n");
        }

        return jsonl.ToString();
    });

    private static void Check(string file, string workload, int requests, Func<IReadOnlyList<RequestArrival>, string> write)
    {
        string path = Checkout.PathOf(file);
        IReadOnlyList<RequestArrival> arrivals = WorkloadMaker.Make(new WorkloadScenario { Name = workload, Requests = requests }, null, Seed, TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_REFERENCE") == "1")
        {
            File.WriteAllText(path, write(arrivals));
        }

        Assert.Equal(File.ReadAllText(path), write(arrivals));
        TraceReading reading = TraceFile.Read(path);
        Assert.True(reading.IsValid, reading.Error);
        Assert.Equal(
            arrivals.Select(static arrival => (arrival.PromptTokens, arrival.OutputTokens, Ids(arrival))),
            reading.Arrivals.Select(static arrival => (arrival.PromptTokens, arrival.OutputTokens, Ids(arrival))));
    }

    private static string Ids(RequestArrival arrival) => string.Join(' ', arrival.ContentIds.ToArray());
}
