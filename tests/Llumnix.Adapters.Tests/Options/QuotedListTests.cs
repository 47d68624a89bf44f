using Llumnix.Adapters.Options;

namespace Llumnix.Adapters.Tests.Options;

public sealed class QuotedListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a=1,b=2", "a=1|b=2")]
    [InlineData("a='1,2', ,b=\"it's\"", "a=1,2|b=it's")]
    [InlineData("a='1", null)]
    public void TrySplit_Text_AtItsCommasOutsideOfQuotes(string text, string? items)
    {
        bool isSplit = QuotedList.TrySplit(text, out IReadOnlyList<string> read);
        Assert.Equal(items, isSplit ? string.Join('|', read) : null);
    }
}
