using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Requests;
using static Llumnix.Scheduling.Tests.LiteModeFixture;

namespace Llumnix.Scheduling.Tests.RequestStates;

/// <summary>A gateway changes nothing that another one holds, whatever it reports, releases or claims to be.</summary>
public sealed class RequestStateOwnershipTests
{
    [Fact]
    public void Report_AnothersRequest_ChangesNothing()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Neutral("r", 100, gateway: "g1");
        Assert.Equal(0, fixture.Report("r", "a", 500, gateway: ""));
        // It is another request, of the other gateway.
        Assert.Equal(1, fixture.Report("r", "a", 700, isPrefillDone: true, gateway: "g2"));
        Assert.Equal(new TrackedLoad(2, 800, 1, 100), fixture["a"]);
        fixture.Release("r", "a", gateway: "g2");
        Assert.Equal(1, fixture.Report("r", "a", 150, gateway: "g1"));
        Assert.Equal(new TrackedLoad(1, 150, 1, 150), fixture["a"]);
    }

    [Fact]
    public void Report_PrefillDone_IsSoForTheGatewaysOwnRolesOnly()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("p", InferType.Prefill), Of("d", InferType.Decode));
        fixture.Schedule("r", out _, SchedulingMode.PdBatch, tokens: 70, gateway: "g1");
        fixture.Schedule("r", out _, SchedulingMode.PdBatch, tokens: 30, gateway: "g2");
        fixture.Report("r", "p", 0, isPrefillDone: true, gateway: "g2");
        Assert.Equal((new TrackedLoad(2, 100, 1, 70), new TrackedLoad(2, 100, 1, 70)), (fixture["p"], fixture["d"]));
    }

    [Fact]
    public void Release_AnothersRequest_FreesNothing()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Neutral("r", 100, gateway: "g1");
        fixture.Release("r", "a", gateway: "g2");
        fixture.Release("r", "a", gateway: "");
        Assert.Equal(new TrackedLoad(1, 100, 1, 100), fixture["a"]);
        fixture.Release("r", "a", gateway: "g1");
        Assert.Equal(default, fixture["a"]);
    }

    [Fact]
    public void Schedule_IdThatAnotherGatewayUses_BothCount()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Neutral("r", 100, gateway: "g1");
        fixture.Neutral("r", 30, gateway: "g2");
        Assert.Equal(new TrackedLoad(2, 130, 2, 130), fixture["a"]);
        fixture.Release("r", "a", gateway: "g2");
        Assert.Equal(new TrackedLoad(1, 100, 1, 100), fixture["a"]);
    }

    /// <summary>With one list per request id this would take a search through up to 100,000 states per step.</summary>
    [Fact]
    public void Schedule_IdThatVeryManyGatewaysUse_EachHasItsOwn()
    {
        const int Gateways = 100_000;
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        for (int i = 0; i < Gateways; i++)
        {
            fixture.Neutral("r", 1, gateway: $"g{i}");
        }

        Assert.Equal(Gateways, fixture["a"].Requests);
        for (int i = 0; i < Gateways; i++)
        {
            fixture.Report("r", "a", 2, gateway: $"g{i}");
            fixture.Release("r", "a", gateway: $"g{i}");
        }

        Assert.Equal(default, fixture["a"]);
    }

    [Fact]
    public void Report_AbsurdTokens_CountNoMoreThanTheBound()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { MaxTokensPerState = 1000 }).With(Of("a"));
        fixture.Neutral("r1", 100);
        fixture.Neutral("r2", int.MaxValue);
        fixture.Report("r1", "a", int.MaxValue);
        Assert.Equal(new TrackedLoad(2, 2000, 2, 2000), fixture["a"]);
        fixture.Release("r1", "a");
        fixture.Release("r2", "a");
        Assert.Equal(default, fixture["a"]);
    }

    [Fact]
    public void OnGatewayLost_ScheduledBeforeAnyConnection_IsNotFreed()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Neutral("before", 10, gateway: "g");
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Neutral("during", 7, gateway: "g");
        fixture.Scheduler.OnGatewayLost("g");
        Assert.Equal(new TrackedLoad(1, 10, 1, 10), fixture["a"]);
        fixture.Report("before", "a", 20, gateway: "g");
        Assert.Equal(new TrackedLoad(1, 20, 1, 20), fixture["a"]);
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(default, fixture["a"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OnGatewayConnected_ClaimOfAProvenId_NeitherFreesNorKeepsAnything(bool isClaimFirst)
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        if (isClaimFirst)
        {
            fixture.Scheduler.OnGatewayConnected("g");
        }

        fixture.Scheduler.OnGatewayConnected("g", isProven: true);
        fixture.Neutral("r1", 10, gateway: "g");
        if (!isClaimFirst)
        {
            fixture.Scheduler.OnGatewayConnected("g");
        }

        fixture.Scheduler.OnGatewayLost("g");
        Assert.Equal((10, 1), (fixture["a"].Tokens, fixture.Scheduler.Snapshot().ConnectedGateways));
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Scheduler.OnGatewayLost("g", isProven: true);
        Assert.Equal((0, 0), (fixture["a"].Tokens, fixture.Scheduler.Snapshot().ConnectedGateways));
        fixture.Scheduler.OnGatewayLost("g");
        Assert.Equal((0, 0), (fixture["a"].Tokens, fixture.Scheduler.Snapshot().ConnectedGateways));
    }

    [Fact]
    public void OnGatewayConnected_ProofAfterAClaim_WhatTheClaimWasGivenExpires()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Neutral("r", 10, gateway: "g");
        fixture.Scheduler.OnGatewayConnected("g", isProven: true);
        fixture.Scheduler.OnGatewayLost("g", isProven: true);
        Assert.Equal(10, fixture["a"].Tokens);
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, fixture["a"].Tokens);
    }

    [Fact]
    public void OnGatewayLost_ClaimOfAnIdWithoutConnection_LaterStatesLiveAsLongAsEver()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Scheduler.OnGatewayLost("g");
        fixture.Neutral("r", 10, gateway: "g");
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(10, fixture["a"].Tokens);
    }

    [Fact]
    public void Schedule_FloodOfAConnectedGateway_MakesRoomItself()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { MaxStates = 10 }).With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Neutral("mine", 1000, gateway: "g");
        fixture.Scheduler.OnGatewayConnected("flood");
        for (int i = 0; i < 100; i++)
        {
            fixture.Neutral($"f{i}", 1, gateway: "flood");
        }

        Assert.Equal(new TrackedLoad(10, 1009, 10, 1009), fixture["a"]);
    }

    [Fact]
    public void Schedule_FloodUnderManyIdsWithoutConnection_ConnectedGatewaysKeepWhatTheyHold()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { MaxStates = 10 }).With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Neutral("mine", 1000, gateway: "g");
        for (int i = 0; i < 100; i++)
        {
            fixture.Neutral("f", 1, gateway: $"flood-{i}");
        }

        Assert.Equal(new TrackedLoad(10, 1009, 10, 1009), fixture["a"]);
    }

    /// <summary>
    /// Whatever two gateways do, each with the ids of the other and in its name where that needs no connection of the other's: an instance
    /// holds what it would hold for the first alone and for the second alone.
    /// </summary>
    [Fact]
    public void TwoGateways_AnyInterleaving_NeitherChangesTheOthersSums()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            string[] gateways = ["g1", "g2"];
            int[] connections = [0, 0];
            LiteModeFixture together = Make();
            LiteModeFixture[] alone = [Make(), Make()];
            for (int step = 0; step < 2000; step++)
            {
                int who = random.Next(2);
                string gateway = gateways[who];
                string id = $"r{random.Next(6)}";
                int tokens = random.Next(10) == 0 ? int.MaxValue : random.Next(1000);
                bool isDone = random.Next(3) == 0;
                switch (random.Next(12))
                {
                    case < 4:
                        Both(who, f => f.Neutral(id, tokens, gateway));
                        break;
                    case < 7:
                        Both(who, f => f.Report(id, "a", tokens, isDone, gateway));
                        break;
                    case < 9:
                        Both(who, f => f.Release(id, "a", gateway: gateway));
                        break;
                    case 9 when connections[who] == 0 || random.Next(4) == 0:
                        connections[who]++;
                        Both(who, f => f.Scheduler.OnGatewayConnected(gateway, isProven: true));
                        break;
                    case 9:
                        connections[who]--;
                        Both(who, f => f.Scheduler.OnGatewayLost(gateway, isProven: true));
                        break;
                    case 10:
                        // The one in the name of the other, without being it.
                        together.Scheduler.OnGatewayConnected(gateways[1 - who]);
                        together.Scheduler.OnGatewayLost(gateways[1 - who]);
                        break;
                    default:
                        TimeSpan pause = TimeSpan.FromSeconds(random.Next(200));
                        foreach (LiteModeFixture fixture in (LiteModeFixture[])[together, .. alone])
                        {
                            fixture.Time.Advance(pause);
                        }

                        break;
                }

                (TrackedLoad first, TrackedLoad second) = (alone[0]["a"], alone[1]["a"]);
                Assert.Equal(
                    new TrackedLoad(
                        first.Requests + second.Requests,
                        first.Tokens + second.Tokens,
                        first.WaitingRequests + second.WaitingRequests,
                        first.WaitingTokens + second.WaitingTokens),
                    together["a"]);
            }

            void Both(int who, Action<LiteModeFixture> act)
            {
                act(together);
                act(alone[who]);
            }
        }

        static LiteModeFixture Make() => new LiteModeFixture().With(Of("a"));
    }
}
