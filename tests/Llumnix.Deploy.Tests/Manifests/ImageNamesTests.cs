using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>Names and tags of images are in one place.</summary>
public sealed class ImageNamesTests
{
    private const string Place = "components/images/kustomization.yaml";

    /// <summary>Applied by itself, so that no place but this file can have its tag.</summary>
    private const string WithoutOverlay = "fill-models.yaml";

    [Fact]
    public void Manifests_NameImagesOfThatPlaceWithoutATag()
    {
        JsonArray images = Assert.Single(YamlDocuments.Parse(Checkout.Read($"deploy/{Place}")))["images"]!.AsArray();
        string[] known = [.. images.Select(image => (string)image!["name"]!)];
        Assert.All(images, image => Assert.NotEmpty((string)image!["newTag"]!));
        string[] used =
        [
            .. Directory.EnumerateFiles(Checkout.PathOf("deploy"), "*.yaml", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) is not ("kustomization.yaml" or WithoutOverlay))
                .SelectMany(File.ReadLines)
                .Where(line => !line.Contains("{{", StringComparison.Ordinal))
                .Where(line => line.TrimStart().StartsWith("image: ", StringComparison.Ordinal))
                .Select(line => line.Split("image: ")[1].Trim())
                .Distinct(),
        ];
        Assert.Equal(known.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }
}
