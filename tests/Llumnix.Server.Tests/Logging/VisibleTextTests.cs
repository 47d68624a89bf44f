using System.Globalization;
using System.Text;
using CsCheck;
using Llumnix.Server.Logging;

namespace Llumnix.Server.Tests.Logging;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("ünï 你好 😀", "ünï 你好 😀")]
    [InlineData("a\tb\nc\rd", @"a\tb\nc\rd")]
    [InlineData("\u001b[2J\u0007\u0000\u007f\u009b", @"\u001b[2J\u0007\u0000\u007f\u009b")]
    [InlineData("\u0085\u2028\u2029\u000b\u000c", @"\u0085\u2028\u2029\u000b\u000c")]
    [InlineData("\u202a\u202e\u2066\u2069\u200e\u061c\u200b\ufeff\u00ad", @"\u202a\u202e\u2066\u2069\u200e\u061c\u200b\ufeff\u00ad")]
    [InlineData("\udb40\udc41", @"\U000e0041")]
    public void Of_Text_ShowsWhatWouldAct(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    [Fact]
    public void Of_HalvesOfSurrogatePairs_AreShown() => Assert.Equal(@"a\ud800b\udc00", VisibleText.Of("a\ud800b\udc00"));

    [Fact]
    public void Of_VeryLongText_ItsBeginning() =>
        Assert.Equal(new string('x', VisibleText.MaxLength) + "... (1000 more characters)", VisibleText.Of(new string('x', VisibleText.MaxLength + 1000)));

    [Fact]
    public void Of_AnyText_HasNothingThatActs() => Gen.String.Sample(text =>
    {
        string shown = VisibleText.Of(text);
        Assert.Equal(text.Count(static c => c == '\ufffd'), shown.EnumerateRunes().Count(static rune => rune == Rune.ReplacementChar));
        foreach (Rune rune in shown.EnumerateRunes())
        {
            Assert.NotInRange(Rune.GetUnicodeCategory(rune), UnicodeCategory.LineSeparator, UnicodeCategory.Surrogate);
        }
    });
}
