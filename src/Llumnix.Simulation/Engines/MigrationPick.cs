using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Simulation.Engines;

/// <summary>Picks the requests that a migration moves.</summary>
internal static class MigrationPick
{
    private const double All = -1;

    public static IReadOnlyList<string> Of(
        List<Sequence> running, LinkedList<Sequence> waiting, RequestSelectOrder order, RequestSelectRule rule, double amount)
    {
        bool all = rule == RequestSelectRule.Requests && amount == All;
        List<string> picked = [];
        double sum = 0;
        foreach (Sequence sequence in InOrder([.. running.Where(CanMigrate)], waiting, order, all))
        {
            if (!all && !(sum < amount))
            {
                break;
            }

            picked.Add(sequence.Request.Id);
            sum += rule == RequestSelectRule.Requests ? 1 : sequence.Tokens;
        }

        return picked;
    }

    private static bool CanMigrate(Sequence sequence) => sequence is { Phase: SequencePhase.Decoding, Migration: null };

    private static IEnumerable<Sequence> InOrder(List<Sequence> running, LinkedList<Sequence> waiting, RequestSelectOrder order, bool all) => order switch
    {
        RequestSelectOrder.LastComeRunning => Enumerable.Reverse(running).Concat(all ? waiting : []),
        RequestSelectOrder.FirstComeRunning => running.Concat(all ? waiting : []),
        RequestSelectOrder.LongestRunning => running.OrderByDescending(sequence => sequence.Tokens).Concat(all ? waiting : []),
        RequestSelectOrder.ShortestRunning => running.OrderBy(sequence => sequence.Tokens).Concat(all ? waiting : []),
        RequestSelectOrder.FirstComeWaiting => waiting.Concat(all ? running : []),
        _ => waiting.Concat(running.OrderBy(sequence => sequence.Tokens)),
    };
}
