using System.Diagnostics.CodeAnalysis;

namespace Llumnix.Simulation.Workloads;

/// <summary>The workloads that need no file.</summary>
public static class BuiltInWorkloads
{
    /// <summary>
    /// Chat requests with the statistics of the Azure LLM inference trace 2023 (conversation): 5.5 requests per second; prompt
    /// p50/p90/p99/max 1020/2734/4142/14050, mean 1155; output 129/424/601/1000, mean 211.
    /// </summary>
    /// <remarks>
    /// The smallest counts and the quartiles are not published with those numbers; they are chosen so that the means come out too.
    /// </remarks>
    public static PoissonWorkload AzureConversation { get; } = new(
        "azure-conversation",
        DefaultRate: 5.5,
        PromptTokens: new((0, 40), (0.25, 400), (0.5, 1020), (0.75, 1235), (0.9, 2734), (0.99, 4142), (1, 14050)),
        OutputTokens: new((0, 16), (0.25, 80), (0.5, 129), (0.75, 400), (0.9, 424), (0.99, 601), (1, 1000)));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PoissonWorkload> All { get; } = [AzureConversation];

    /// <summary>Finds a workload by its name, case-sensitive.</summary>
    /// <returns>False when there is none of that name.</returns>
    public static bool TryFind(string name, [NotNullWhen(true)] out PoissonWorkload? workload)
    {
        workload = All.FirstOrDefault(candidate => candidate.Name == name);
        return workload is not null;
    }
}
