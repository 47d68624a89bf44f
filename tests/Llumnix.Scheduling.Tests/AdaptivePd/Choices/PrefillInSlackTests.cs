using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Slo;
using Llumnix.Testing.Fleet;
using static Llumnix.Scheduling.Tests.AdaptivePd.AdaptivePdFixture;

namespace Llumnix.Scheduling.Tests.AdaptivePd.Choices;

/// <summary>When instances that decode take prefills. Times as in <see cref="AdaptivePdFixture"/>.</summary>
public sealed class PrefillInSlackTests
{
    /// <summary>
    /// Behind a's 950 tokens the prompt takes 115 ms of a limit of 140 ms, over 80%. b decodes in steps of 3 ms of at most 50: its decodes catch up with
    /// 20 ms at once.
    /// </summary>
    [Fact]
    public void Prefill_QueuesAreLong_TheSlackOfDecodesIsUsed()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 140).With(Busy("a", waiting: 950), Busy("b", batch: 1), Busy("c", batch: 5));
        Assert.Equal("b", fixture.Staged("1", InferType.Prefill));
        fixture.With(Busy("a", waiting: 950), Busy("b", batch: 1), Busy("c", batch: 5));

        // b's decodes must catch up first; c's, in steps of 11 ms, have the next most slack.
        Assert.Equal("c", fixture.Staged("2", InferType.Prefill));
    }

    /// <summary>20 ms of prefill with steps of 3 of 50 ms: 20 + 20 × 3 / 47 = 21.3 ms later b may take the next.</summary>
    [Theory]
    [InlineData(21, "a")]
    [InlineData(22, "b")]
    public void Prefill_SlackWasUsed_DecodesCatchUpFirst(double afterMs, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 140).With(Busy("a", waiting: 2000), Busy("b", batch: 1));
        Assert.Equal("b", fixture.Staged("1", InferType.Prefill));
        fixture.Release("1", "b", InferType.Prefill);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(afterMs));
        Assert.Equal(expected, fixture.Staged("2", InferType.Prefill));
    }

    /// <summary>Behind a's tokens the first one comes after 499 or 500 ms, half of the limit.</summary>
    [Theory]
    [InlineData(4790, "a")]
    [InlineData(4800, "b")]
    public void Prefill_QueuesAreShort_DecodesAreLeftAlone(int waiting, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 1000).With(Busy("a", waiting: waiting), Busy("b", batch: 1));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill));
    }

    /// <summary>With 12% of 256 tokens to catch up in, 47 ms each, 1,444 ms is the longest prefill.</summary>
    [Theory]
    [InlineData(14_300, "b")]
    [InlineData(14_400, "a")]
    public void Prefill_LongPrompt_IsNoPrefillForDecodes(int tokens, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 2500).With(Busy("a", waiting: 9000), Busy("b", batch: 1));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, tokens));
    }

    /// <summary>
    /// A prefill of 2,010 ms on b, which decodes in steps of 7 ms since its last decode was seen there: later its decodes gain 12% of 256 times 43 ms, 1,321 ms.
    /// The other 689 ms they have gained after 112.2 ms, 43 ms in 7. Meanwhile new decodes must find a place on the only other one, c: it is to have
    /// 15% of its KV cache left, when its decode has grown by 32 tokens and its 100 waiting ones have their places.
    /// </summary>
    [Theory]
    [InlineData(112, 0, "a")]
    [InlineData(113, 0, "b")]
    [InlineData(113, 85_000 - 133, "b")]
    [InlineData(113, 85_000 - 131, "a")]
    public void Prefill_DecodesHaveGained_LongPromptsAreMadeWhileOthersHaveRoom(int afterMs, int used, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("a", waiting: 9000), Busy("b", batch: 2), Busy("c", batch: 1, waiting: 100, used: used));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("b", fixture.Staged("decode", InferType.Decode));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
        fixture.Update(Busy("b", batch: 3).Later(600, s => s with { RecentWaitingRequests = ["chatcmpl-decode-0"] }));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(afterMs));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>A decode that is on its way, or waits in the engine, for 500 ms. It has gained nothing yet.</summary>
    [Theory]
    [InlineData(false, 0, "b")]
    [InlineData(true, 0, "a")]
    [InlineData(false, 1, "a")]
    public void Prefill_DecodesHaveNotBegun_NothingIsInHand(bool isOnItsWay, int waiting, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("a", waiting: 9000), Busy("b", batch: 2), Busy("c", batch: 1, waiting: 100));
        if (isOnItsWay)
        {
            Assert.Equal("b", fixture.Staged("decode", InferType.Decode));
        }

        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        fixture.Update(Busy("b", batch: 2).Later(500, s => s with { SchedulerWaitingToDecodeRequests = waiting }));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>
    /// b's decodes have gained enough. Of three others each is to have 7.5% left, when its decodes have grown by 96 tokens and its 100 waiting ones have
    /// their places.
    /// </summary>
    [Theory]
    [InlineData(92_300, "b")]
    [InlineData(92_310, "a")]
    public void Prefill_DecodesHaveGained_EachOfTheOthersIsToHaveRoom(int used, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            [Busy("a", waiting: 9000), Busy("b", batch: 2), .. new[] { "c", "d", "e" }.Select(id => Busy(id, batch: 3, waiting: 100, used: used))]);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>Room is of no use where 500 tokens are ahead, 60 ms, nor where a step takes 51 of 50 ms.</summary>
    [Theory]
    [InlineData(1, 100, "b")]
    [InlineData(1, 500, "a")]
    [InlineData(25, 0, "a")]
    public void Prefill_DecodesHaveGained_OnlyPlacesForDecodesAreRoom(int batch, int waiting, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("a", waiting: 9000), Busy("b", batch: 2), Busy("c", batch: batch, waiting: waiting));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>Everybody decodes; c, kept for prefills, takes no decodes, so that its room is none.</summary>
    [Theory]
    [InlineData(0, "b")]
    [InlineData(99_000, "c")]
    public void Prefill_DecodesHaveGained_TheOneKeptForPrefillsHasNoRoom(int used, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 3000).With(
            Busy("b", batch: 2), Busy("c", batch: 1, waiting: 100), Busy("d", batch: 3, waiting: 100, used: used));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        fixture.Update(Busy("c", batch: 1, waiting: 100).Later(500));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, 20_000));
    }

    /// <summary>
    /// A prefill of 110 ms costs decodes in steps of 5 ms 122.2 ms of gaining, those that gain nothing as much as can be, and an instance without any nothing.
    /// </summary>
    [Theory]
    [InlineData(2, -122.2)]
    [InlineData(25, -6000)]
    [InlineData(0, 0)]
    public void Prefill_WhereOthersDecode_TheyFallBehind(int batch, double expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Busy("a", batch: batch));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill, 1000));
        Assert.Equal(expected, GainOf(fixture, "a", Readings.StartMs), 0.1);
    }

    [Fact]
    public void Decode_WhereOthersHaveGained_HasNothingInHand()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Busy("a", batch: 2));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(500, GainOf(fixture, "a", Readings.StartMs + 500));
        Assert.Equal("a", fixture.Staged("1", InferType.Decode));
        Assert.Equal(0, GainOf(fixture, "a", Readings.StartMs + 500));
    }

    /// <summary>With the request itself, of 1,000 tokens, in the batch a step takes 10 ms: 110 ms of prefill cost 137.5.</summary>
    [Fact]
    public void Neutral_WhereOthersDecode_TheyFallBehind()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Busy("a", batch: 2));
        Assert.Equal("a", fixture.Neutral("1", tokens: 1000));
        Assert.Equal(-137.5, GainOf(fixture, "a", Readings.StartMs), 0.1);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(5000));
        fixture.Neutral("2", tokens: 10);
        Assert.Equal(0, GainOf(fixture, "a", Readings.StartMs + 5000));
    }

    /// <summary>
    /// Step times change, so what decodes gained longer than 6 s ago does not count: b's decode gains 47 ms in 3, 94,000 ms in 6 s, and 1,444 ms later. A
    /// tenth of a millisecond per token, and 10 ms for each of 15 steps.
    /// </summary>
    [Theory]
    [InlineData(952_000, "b")]
    [InlineData(954_000, "a")]
    public void Prefill_DecodesGainForLong_SixSecondsCount(int tokens, string expected)
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned, ttft: 125_000).With(
            Large(Busy("a", waiting: 900_000)), Large(Busy("b", batch: 1)), Large(Busy("c", batch: 1, waiting: 100)));
        fixture.Time.Advance(TimeSpan.FromSeconds(7));
        fixture.Update(Large(Busy("a", waiting: 900_000)).Later(7000));
        fixture.Update(Large(Busy("b", batch: 1)).Later(7000));
        fixture.Update(Large(Busy("c", batch: 1, waiting: 100)).Later(7000));
        Assert.Equal(expected, fixture.Staged("1", InferType.Prefill, tokens));

        static InstanceReading Large(InstanceReading reading) =>
            reading with { Status = reading.Status with { TotalGpuTokens = 1_000_000 } };
    }
}
