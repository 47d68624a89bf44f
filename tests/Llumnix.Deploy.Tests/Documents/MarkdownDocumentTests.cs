namespace Llumnix.Deploy.Tests.Documents;

public sealed class MarkdownDocumentTests
{
    private const string Text = """
        # The `first` [title](a.md), again?
        A [link](b.md#part) and ![a picture](c.png), `[code](d.md)`, [`code` in a link](#again), [the web](https://example.org/e.md).
        ```sh
        # no title [no link](f.md)
        ```
        ## Again
        ### Again #
        """;

    [Fact]
    public void Parse_Anchors_AreThoseOfHeadings() =>
        Assert.Equal(["again", "again-1", "the-first-title-again"], MarkdownDocument.Parse(Text).Anchors.Order(StringComparer.Ordinal));

    [Fact]
    public void Parse_Links_AreThoseOfProse() => Assert.Equal(["a.md", "b.md#part", "c.png", "#again"], MarkdownDocument.Parse(Text).Links);
}
