using Llumnix.Scheduling.Requests;
using Llumnix.Server.Http;

namespace Llumnix.Server.Tests.Http;

public sealed class ExplanationWriterTests
{
    [Fact]
    public void NameOf_EveryOutcome_HasItsOwn()
    {
        string[] names = [.. Enum.GetValues<ScheduleOutcome>().Select(ExplanationWriter.NameOf)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal("held", ExplanationWriter.NameOf(ScheduleOutcome.Deferred));
        Assert.Equal("prompt_too_long", ExplanationWriter.NameOf(ScheduleOutcome.PromptTooLong));
    }
}
