using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Tests.Output;

/// <summary>Folders named after what users chose lie beside each other, and lead nowhere else.</summary>
public sealed class FileNamesTests
{
    [Fact]
    public void Names_that_become_the_same_get_numbers_and_the_one_that_is_so_already_keeps_it() => Assert.Equal(
        ["my-photos-3", "my-photos", "My-Photos-2", "my-photos-4", "eurosat"],
        FileNames.Distinct(["my photos", "my-photos", "My-Photos", "my/photos", "eurosat"]));

    [Fact]
    public void A_number_that_another_name_has_is_left_to_it() => Assert.Equal(
        ["a-b-3", "a-b", "a-b-2"], FileNames.Distinct(["a b", "a-b", "a-b-2"]));

    [Theory]
    [InlineData("..")]
    [InlineData("../../etc")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public void No_name_leads_out_of_the_folder(string name)
    {
        var folder = Assert.Single(FileNames.Distinct([name]));

        Assert.Equal(folder, Path.GetFileName(folder));
        Assert.NotEqual("", folder.Trim('.'));
    }
}
