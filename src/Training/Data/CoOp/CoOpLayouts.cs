namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The eleven data sets of the CoOp family.</summary>
internal static class CoOpLayouts
{
    private const string Photo = "a photo of a {}.";

    /// <summary>All of them, in the order of <see cref="Contracts.Jobs.DatasetFormats.CoOpNames"/>.</summary>
    public static IReadOnlyList<CoOpLayout> All { get; } =
    [
        new()
        {
            Name = "caltech101", Folder = "caltech-101", Images = "101_ObjectCategories", SplitFile = "split_zhou_Caltech101.json",
                Lists = [], Template = Photo,
            Classes = 100, Counts = (4_128, 1_649, 2_465), Build = ClassFolders.Caltech,
        },
        new()
        {
            Name = "dtd", Folder = "dtd", Images = "images", SplitFile = "split_zhou_DescribableTextures.json", Lists = [],
                Template = "{} texture.",
            Classes = 47, Counts = (2_820, 1_128, 1_692), Build = ClassFolders.Plain,
        },
        new()
        {
            Name = "eurosat", Folder = "eurosat", Images = "2750", SplitFile = "split_zhou_EuroSAT.json", Lists = [],
                Template = "a centered satellite photo of {}.",
            Classes = 10, Counts = (13_500, 5_400, 8_100), Build = ClassFolders.EuroSat,
        },
        new()
        {
            Name = "fgvc-aircraft", Folder = "fgvc_aircraft", Images = "images", Lists = Aircraft.Files,
                Template = "a photo of a {}, a type of aircraft.",
            Classes = 100, Counts = (3_334, 3_333, 3_333), Build = Aircraft.Read,
        },
        new()
        {
            Name = "food101", Folder = "food-101", Images = "images", SplitFile = "split_zhou_Food101.json", Lists = [],
                Template = "a photo of {}, a type of food.",
            Classes = 101, Counts = (50_500, 20_200, 30_300), Build = ClassFolders.Plain,
        },
        new()
        {
            Name = "oxford-flowers", Folder = "oxford_flowers", Images = "jpg",
                SplitFile = "split_zhou_OxfordFlowers.json", Lists = Flowers.Files,
            Template = "a photo of a {}, a type of flower.", Classes = 102, Counts = (4_093, 1_633, 2_463), Build = Flowers.Read,
        },
        new()
        {
            Name = "oxford-pets", Folder = "oxford_pets", Images = "images", SplitFile = "split_zhou_OxfordPets.json", Lists = Pets.Files,
            Template = "a photo of a {}, a type of pet.", Classes = 37, Counts = (2_944, 736, 3_669), Build = Pets.Read,
        },
        new()
        {
            Name = "stanford-cars", Folder = "stanford_cars", Images = "", SplitFile = "split_zhou_StanfordCars.json",
                Lists = Cars.Files, Template = Photo,
            Classes = 196, Counts = (6_509, 1_635, 8_041), Build = Cars.Read,
        },
        new()
        {
            Name = "sun397", Folder = "sun397", Images = "SUN397", SplitFile = "split_zhou_SUN397.json",
                Lists = Scenes.Files, Template = Photo,
            Classes = 397, Counts = (15_880, 3_970, 19_850), Build = Scenes.Read,
        },
        new()
        {
            Name = "ucf101", Folder = "ucf101", Images = "UCF-101-midframes", SplitFile = "split_zhou_UCF101.json", Lists = Actions.Files,
            Template = "a photo of a person doing {}.", Classes = 101, Counts = (7_639, 1_898, 3_783), Build = Actions.Read,
        },
        new()
        {
            Name = "imagenet", Folder = "imagenet", Images = "images", Lists = [ImageNet.ClassNamesFile], Template = Photo,
            Classes = 1_000, Counts = (1_281_167, null, 50_000), Build = ImageNet.Read,
        },
    ];

    /// <summary>One of them; null when there is none of that name.</summary>
    public static CoOpLayout? Find(string name) => All.FirstOrDefault(layout => layout.Name == name);
}
