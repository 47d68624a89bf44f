using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.Tests.RequestStates;

public sealed class RequestProgressBatchTests
{
    [Fact]
    public void Clear_UsualReport_RoomIsKept()
    {
        RequestProgressBatch batch = Filled(rows: 10_000, idLength: 36);
        (int Rows, int Characters) before = batch.Capacity;
        batch.Clear();
        Assert.Equal((0, before), (batch.Count, batch.Capacity));
    }

    [Fact]
    public void Clear_HugeReport_RoomIsGivenBack()
    {
        RequestProgressBatch batch = Filled(rows: 100_000, idLength: 36);
        batch.Clear();
        Assert.Equal(new RequestProgressBatch().Capacity, batch.Capacity);
        batch.Add("r", "i", 7, isPrefillDone: true);
        Assert.Equal(("r", "i", 7L), (batch.RequestId(0).ToString(), batch.InstanceId(0).ToString(), batch.Tokens(0)));
    }

    [Fact]
    public void Add_GatewaysOfRows_AreTheirOwn()
    {
        var batch = new RequestProgressBatch();
        string[] gateways = ["g:1", "g:1", "", "", "g:2", "g:1"];
        foreach (string gateway in gateways)
        {
            batch.Add("r", "i", 1, isPrefillDone: false, gateway);
        }

        Assert.Equal(gateways, Enumerable.Range(0, batch.Count).Select(row => batch.GatewayId(row).ToString()));
        Assert.Equal(["r", "i"], [batch.RequestId(5).ToString(), batch.InstanceId(5).ToString()]);
    }

    private static RequestProgressBatch Filled(int rows, int idLength)
    {
        var batch = new RequestProgressBatch();
        string id = new('r', idLength);
        for (int i = 0; i < rows; i++)
        {
            batch.Add(id, id, i, isPrefillDone: false);
        }

        return batch;
    }
}
