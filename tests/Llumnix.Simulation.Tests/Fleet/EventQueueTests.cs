using CsCheck;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

public sealed class EventQueueTests
{
    [Fact]
    public void Take_AnyOrder_IsByTimeThenByEntry() => Gen.Int[0, 20].Array[0, 200].Sample(times =>
    {
        var queue = new EventQueue();
        for (int i = 0; i < times.Length; i++)
        {
            queue.Add(TimeSpan.FromSeconds(times[i]), SimulationEventKind.Arrive, i);
        }

        int[] taken = [.. Enumerable.Range(0, times.Length).Select(_ => queue.Take().Index)];
        Assert.Equal(Enumerable.Range(0, times.Length).OrderBy(i => times[i]).ThenBy(static i => i), taken);
        Assert.Equal(0, queue.Count);
    });
}
