using System.Net;
using Llumnix.Server.Http;

namespace Llumnix.Server.Tests.Http;

public sealed class GatewaySlotsTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Gateway = IPAddress.Parse("10.0.0.2");

    [Fact]
    public void TryEnter_OneAddressTakesAllItMay_AnotherStillEnters()
    {
        var slots = new GatewaySlots(total: 4, perAddress: 2);
        using GatewaySlots.Slot? first = slots.TryEnter(Attacker, 1);
        GatewaySlots.Slot? second = slots.TryEnter(Attacker, 2);
        Assert.NotNull(second);
        Assert.Null(slots.TryEnter(Attacker, 3));
        using GatewaySlots.Slot? other = slots.TryEnter(Gateway, 1);
        Assert.NotNull(other);
        second.Dispose();
        using GatewaySlots.Slot? again = slots.TryEnter(Attacker, 4);
        Assert.NotNull(again);
    }

    [Fact]
    public void TryName_OneIdTooOften_IsRefusedUntilOneGoes()
    {
        var slots = new GatewaySlots(total: 9, perAddress: 9, perGateway: 2);
        GatewaySlots.Slot first = slots.TryEnter(Attacker, 1)!;
        using GatewaySlots.Slot second = slots.TryEnter(Attacker, 2)!;
        using GatewaySlots.Slot third = slots.TryEnter(Gateway, 3)!;
        Assert.True(first.TryName("g:1"));
        Assert.True(second.TryName("g:1"));
        Assert.False(third.TryName("g:1"));
        first.Dispose();
        Assert.True(third.TryName("g:1"));
    }
}
