using System.Text;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
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

    /// <summary>People read it: quotes and comparisons are not written as numbers of characters.</summary>
    [Fact]
    public void Write_TextsOfPeople_AreReadable()
    {
        var candidate = new CandidateExplanation("a", "w", "10.0.0.1:8000", "model \"x\" < 0.9 & more", false, null, 4096, []);
        string json = Encoding.UTF8.GetString(ExplanationWriter.Write([new RoleExplanation("p", InferType.Neutral, ScheduleOutcome.PromptTooLong, null, false, [], [candidate])], null).Span);
        Assert.Contains("""
            "dropped_by": "model \"x\" < 0.9 & more"
            """, json, StringComparison.Ordinal);
        Assert.Contains("\"kv_capacity_tokens\": 4096", json, StringComparison.Ordinal);
    }
}
