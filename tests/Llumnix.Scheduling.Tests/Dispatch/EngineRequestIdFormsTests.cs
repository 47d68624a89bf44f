using Llumnix.Scheduling.Dispatch;

namespace Llumnix.Scheduling.Tests.Dispatch;

public sealed class EngineRequestIdFormsTests
{
    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("cmpl-abc-0", "cmpl-abc-0|abc-0|abc")]
    [InlineData("chatcmpl-abc", "chatcmpl-abc|abc")]
    [InlineData("abc+tail-1", "abc+tail-1|abc")]
    [InlineData("1f0e-22-33-4", "1f0e-22-33-4|1f0e-22-33")]
    [InlineData("cmpl-1f0e-22+x-0", "cmpl-1f0e-22+x-0|1f0e-22+x-0|1f0e-22|1f0e")]
    [InlineData("", "")]
    [InlineData("cmpl-", "cmpl-|")]
    [InlineData("-", "-|")]
    public void Forms_InTheirOrder(string engineId, string expected)
    {
        var forms = new List<string>();
        foreach (ReadOnlySpan<char> form in new EngineRequestIdForms(engineId))
        {
            forms.Add(form.ToString());
        }

        Assert.Equal(expected, string.Join('|', forms));
    }
}
