using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Traces;

/// <summary>
/// The readers against recorded traces, where a checkout has them beside it (../shared/data/traces); elsewhere a test's output says that
/// the file is absent, and the same formats are covered by the tests over literal texts.
/// </summary>
public sealed class RecordedTraceTests(ITestOutputHelper output)
{
    [Fact]
    public void Read_AzureConversation_GivesEveryRow()
    {
        if (Find("azure_conv_2023_first_half.csv") is not { } path)
        {
            return;
        }

        IReadOnlyList<RequestArrival> arrivals = TraceFile.Read(path).Arrivals;
        Assert.Equal(9683, arrivals.Count);
        Assert.Equal(new RequestArrival(TimeSpan.Zero, 374, 44), arrivals[0]);
        Assert.Equal((4099, 69), (arrivals[^1].PromptTokens, arrivals[^1].OutputTokens));
        Assert.InRange(arrivals.Count / arrivals[^1].Offset.TotalSeconds, 5.5, 5.6);
    }

    [Fact]
    public void Read_MooncakeConversation_GivesEveryRowInOrder()
    {
        if (Find("mooncake_conversation_first_half.jsonl") is not { } path)
        {
            return;
        }

        IReadOnlyList<RequestArrival> arrivals = TraceFile.Read(path).Arrivals;
        Assert.Equal(6015, arrivals.Count);
        Assert.Equal((6758, 500, 14), (arrivals[0].PromptTokens, arrivals[0].OutputTokens, arrivals[0].ContentIds.Length));
        Assert.All(arrivals.Zip(arrivals.Skip(1)), pair => Assert.True(pair.First.Offset <= pair.Second.Offset));
        Assert.All(arrivals, arrival => Assert.Equal((arrival.PromptTokens + 511) / 512, arrival.ContentIds.Length));
    }

    private string? Find(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Llumnix.slnx")))
        {
            folder = folder.Parent;
        }

        string path = Path.Combine(folder?.FullName ?? ".", "..", "shared", "data", "traces", file);
        if (File.Exists(path))
        {
            return path;
        }

        output.WriteLine($"{file} is not beside the repository: nothing was compared with it");
        return null;
    }
}
