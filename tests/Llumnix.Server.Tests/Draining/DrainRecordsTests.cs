using System.Text;
using CsCheck;
using Llumnix.Adapters.Leases;
using Llumnix.Scheduling.Draining;
using Llumnix.Server.Draining;

namespace Llumnix.Server.Tests.Draining;

public sealed class DrainRecordsTests
{
    private static readonly Gen<Drain> AnyDrain = Gen.OneOf(
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 512], static node => new Drain(new DrainSelector(DrainScope.Node, node))),
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 100], static key => new Drain(new DrainSelector(DrainScope.Label, key + "=é"))),
        Gen.Select(
            Gen.String[Gen.Char.AlphaNumeric, 1, 512],
            Gen.Double[0, 1e12],
            Gen.String[Gen.Char.AlphaNumeric, 0, 100].Null(),
            Gen.Int[0, 65535],
            Gen.Long,
            static (id, created, host, port, version) => new Drain(
                new DrainSelector(DrainScope.Instance, id), new EngineProcess(created, host!, port, version))));

    [Fact]
    public void Write_ThenRead_GivesTheFirstOnesThatFit() =>
        AnyDrain.List[0, 256].Sample(static drains =>
        {
            byte[] value = DrainRecords.Write(drains, out int omitted);
            Assert.True(value.Length <= ILeaseStore.MaxValueBytes);
            Assert.Equal(drains.Take(drains.Count - omitted), DrainRecords.Read(value));
        }, iter: 200);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"drains\":1}")]
    [InlineData("{\"drains\":[{\"scope\":\"\\ud800\",\"value\":\"a\"}]}")]
    public void Read_AnotherForm_IsNull(string json) => Assert.Null(DrainRecords.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("{\"scope\":\"node\",\"value\":1}")]
    [InlineData("{\"scope\":\"terminating\",\"value\":\"a\"}")]
    [InlineData("{\"scope\":\"instance\",\"value\":\"a\"}")]
    [InlineData("{\"scope\":\"instance\",\"value\":\"a\",\"process\":{\"utc_create\":1,\"port\":1e99,\"version\":1}}")]
    public void Read_AnUnusableDrain_LeavesItOut(string drain)
    {
        Drain known = Assert.Single(DrainRecords.Read(Encoding.UTF8.GetBytes($"{{\"drains\":[{drain},{{\"scope\":\"node\",\"value\":\"n\"}}]}}"))!);
        Assert.Equal(new DrainSelector(DrainScope.Node, "n"), known.Selector);
    }
}
