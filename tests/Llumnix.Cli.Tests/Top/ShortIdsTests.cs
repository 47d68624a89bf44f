using Llumnix.Cli.Top;

namespace Llumnix.Cli.Tests.Top;

public sealed class ShortIdsTests
{
    [Theory]
    [InlineData("host-with-a-long-name.example:8000", "host-with-a-long-name.example:8001")]
    [InlineData("vllm-0.engines.namespace.svc.cluster.local:8000", "vllm-1.engines.namespace.svc.cluster.local:8000")]
    [InlineData("a-very-long-prefix-of-all-names-0-and-a-very-long-end-of-all", "a-very-long-prefix-of-all-names-1-and-a-very-long-end-of-all")]
    public void Of_LongIds_AreToldApartWithinTheColumn(string first, string second)
    {
        var ids = new ShortIds([first, second, "short"], 16);
        Assert.NotEqual(ids.Of(first), ids.Of(second));
        Assert.All(new[] { first, second }, id => Assert.Equal(16, ids.Of(id).Length));
        Assert.Equal("short", ids.Of("short"));
    }

    [Fact]
    public void Of_OneLongId_BothEndsAreShown() => Assert.Equal("10.1…200.3:8000", new ShortIds(["10.100.200.3:8000"], 15).Of("10.100.200.3:8000"));

    [Fact]
    public void Of_IdThatIsNotAmongThem_IsCutToo() => Assert.Equal(16, new ShortIds([], 16).Of(new string('x', 40)).Length);
}
