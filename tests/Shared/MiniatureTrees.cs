using System.Text.Json;
using SkiaSharp;

namespace AdaptCluster.Tests;

/// <summary>
/// The folders of the eleven data sets of the CoOp family in miniature: 3 classes with 8 training, 4 validation and 3 test images each,
/// real JPEG files; with the published split's file or, where it may be missing, without.
/// </summary>
internal static class MiniatureTrees
{
    private const int Train = 8, Validation = 4, Test = 3;

    /// <summary>Names in specs of all eleven.</summary>
    public static string[] All { get; } =
        ["caltech101", "dtd", "eurosat", "fgvc-aircraft", "food101", "oxford-flowers", "oxford-pets", "stanford-cars",
            "sun397", "ucf101", "imagenet"];

    /// <summary>Those that have a published split.</summary>
    public static string[] Split { get; } = [.. All.Except(["fgvc-aircraft", "imagenet"])];

    private static readonly Dictionary<string, (string Folder, string Images, string Json, string[] Places, string[] Names)> Layouts = new()
    {
        ["caltech101"] = ("caltech-101", "101_ObjectCategories", "Caltech101", ["Faces", "Leopards", "accordion"],
            ["face", "leopard", "accordion"]),
        ["dtd"] = ("dtd", "images", "DescribableTextures", ["banded", "blotchy", "braided"], ["banded", "blotchy", "braided"]),
        ["eurosat"] = ("eurosat", "2750", "EuroSAT", ["AnnualCrop", "Forest", "SeaLake"], ["Annual Crop Land", "Forest", "Sea or Lake"]),
        ["food101"] = ("food-101", "images", "Food101", ["apple_pie", "baby_back_ribs", "waffles"],
            ["apple_pie", "baby_back_ribs", "waffles"]),
        ["oxford-flowers"] = ("oxford_flowers", "jpg", "OxfordFlowers", ["", "", ""], ["pink primrose", "canterbury bells", "moon orchid"]),
        ["oxford-pets"] = ("oxford_pets", "images", "OxfordPets", ["", "", ""], ["abyssinian", "american_bulldog", "beagle"]),
        ["stanford-cars"] = ("stanford_cars", "", "StanfordCars", ["cars_train", "cars_train", "cars_train"],
            ["2000 AM Hummer", "2012 Acura RL", "2012 Acura TL"]),
        ["sun397"] = ("sun397", "SUN397", "SUN397", ["a/abbey", "a/apse/indoor", "b/badminton_court/indoor"],
            ["abbey", "indoor apse", "indoor badminton_court"]),
        ["ucf101"] = ("ucf101", "UCF-101-midframes", "UCF101", ["Apply_Eye_Makeup", "Archery", "Yo_Yo"],
            ["Apply_Eye_Makeup", "Archery", "Yo_Yo"]),
    };

    /// <summary>Makes one data set below a data root.</summary>
    /// <param name="root">The data root.</param>
    /// <param name="name">The data set.</param>
    /// <param name="split">Whether the published split's file is there.</param>
    /// <returns>The data set's folder.</returns>
    public static string Make(string root, string name, bool split = true)
    {
        if (name == "fgvc-aircraft") return Aircraft(root);
        if (name == "imagenet") return ImageNet(root);
        var (folder, images, json, places, names) = Layouts[name];
        var place = Path.Combine(root, folder);
        var lists = new Dictionary<string, List<object[]>> { ["train"] = [], ["val"] = [], ["test"] = [] };
        for (var label = 0; label < 3; label++)
        {
            for (var i = 0; i < Train + Validation + Test; i++)
            {
                var part = i < Train ? "train" : i < Train + Validation ? "val" : "test";
                var path = string.Join('/', ((string[])[places[label], File(name, names[label], label, i)]).Where(step => step.Length > 0));
                Jpeg(Path.Combine(place, images, path), label, i);
                lists[part].Add([path, label, names[label]]);
            }
        }
        if (split) Write(Path.Combine(place, $"split_zhou_{json}.json"), JsonSerializer.Serialize(lists));
        else OfficialLists(place, name, places);
        return place;
    }

    private static string File(string name, string className, int label, int i) => name switch
    {
        "oxford-flowers" => $"image_{(label * (Train + Validation + Test)) + i + 1:00000}.jpg",
        "oxford-pets" => $"{char.ToUpperInvariant(className[0])}{className[1..]}_{i + 1}.jpg",
        "stanford-cars" => $"{(label * (Train + Validation + Test)) + i + 1:00000}.jpg",
        "ucf101" => $"v_{className.Replace("_", "", StringComparison.Ordinal)}_g{i + 1:00}_c01.jpg",
        _ => $"{i + 1:000}.jpg",
    };

    /// <summary>What the code of the CoOp family reads where the split is missing.</summary>
    private static void OfficialLists(string place, string name, string[] places)
    {
        string Lines(Func<int, int, string> line, int from, int to) =>
            string.Concat(Enumerable.Range(0, 3).SelectMany(label => Enumerable.Range(from, to - from).Select(i => line(label, i) + "\n")));
        const int other = Train + Validation;
        switch (name)
        {
            case "oxford-flowers":
                CopyMat("imagelabels.mat", place);
                Write(Path.Combine(place, "cat_to_name.json"), """{"1": "pink primrose", "2": "canterbury bells", "3": "moon orchid"}""");
                break;
            case "oxford-pets":
                var breeds = Layouts[name].Names;
                string Pet(int label, int i) => $"{File(name, breeds[label], label, i)[..^4]} {label + 1} 1 1";
                Write(Path.Combine(place, "annotations", "trainval.txt"), Lines(Pet, 0, other));
                Write(Path.Combine(place, "annotations", "test.txt"), Lines(Pet, other, other + Test));
                break;
            case "stanford-cars":
                CopyMat("cars_train_annos.mat", Path.Combine(place, "devkit"));
                CopyMat("cars_meta.mat", Path.Combine(place, "devkit"));
                CopyMat("cars_test_annos_withlabels.mat", place);
                for (var i = 0; i < 9; i++) Jpeg(Path.Combine(place, "cars_test", $"{i + 1:00000}.jpg"), i / 3, 100 + i);
                break;
            case "sun397":
                Write(Path.Combine(place, "ClassName.txt"), string.Concat(places.Select(folder => $"/{folder}\n")));
                Write(Path.Combine(place, "Training_01.txt"), Lines((label, i) => $"/{places[label]}/{i + 1:000}.jpg", 0, other));
                Write(Path.Combine(place, "Testing_01.txt"), Lines((label, i) => $"/{places[label]}/{i + 1:000}.jpg", other, other + Test));
                break;
            case "ucf101":
                string[] actions = ["ApplyEyeMakeup", "Archery", "YoYo"];
                string Video(int label, int i) => $"{actions[label]}/v_{actions[label]}_g{i + 1:00}_c01.avi";
                Write(Path.Combine(place, "ucfTrainTestlist", "classInd.txt"), "1 ApplyEyeMakeup\r\n2 Archery\r\n3 YoYo\r\n");
                Write(Path.Combine(place, "ucfTrainTestlist", "trainlist01.txt"),
                    Lines((label, i) => $"{Video(label, i)} {label + 1}", 0, other));
                Write(Path.Combine(place, "ucfTrainTestlist", "testlist01.txt"), Lines(Video, other, other + Test));
                break;
        }
    }

    private static string Aircraft(string root)
    {
        var place = Path.Combine(root, "fgvc_aircraft");
        string[] variants = ["707-320", "A300B4", "Boeing 717"];
        var number = 0;
        Write(Path.Combine(place, "variants.txt"), string.Concat(variants.Select(variant => variant + "\n")));
        foreach (var (part, count) in ((string, int)[])[("train", Train), ("val", Validation), ("test", Test)])
        {
            var lines = "";
            for (var i = 0; i < 3 * count; i++)
            {
                var id = $"{++number:0000000}";
                Jpeg(Path.Combine(place, "images", id + ".jpg"), i % 3, number);
                lines += $"{id} {variants[i % 3]}\n";
            }
            Write(Path.Combine(place, $"images_variant_{part}.txt"), lines);
        }
        return place;
    }

    private static string ImageNet(string root)
    {
        var place = Path.Combine(root, "imagenet");
        string[] ids = ["n01440764", "n03773504", "n04008634"];
        for (var label = 0; label < 3; label++)
        {
            for (var i = 0; i < Train + Validation; i++)
                Jpeg(Path.Combine(place, "images", "train", ids[label], $"{ids[label]}_{i}.JPEG"), label, i);
            for (var i = 0; i < Test; i++)
                Jpeg(Path.Combine(place, "images", "val", ids[label], $"ILSVRC2012_val_{i:00000000}.JPEG"), label, 50 + i);
        }
        // The last two are the pair of missiles.
        Write(Path.Combine(place, "classnames.txt"), "n01440764 tench\nn03773504 missile\nn04008634 missile\nn09999999 one more\n");
        return place;
    }

    private static void CopyMat(string name, string folder)
    {
        Directory.CreateDirectory(folder);
        System.IO.File.Copy(Repository.At($"tests/MatFiles/{name}"), Path.Combine(folder, name));
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
    }

    /// <summary>A picture whose main colour tells its class.</summary>
    private static void Jpeg(string path, int label, int number)
    {
        using var bitmap = new SKBitmap(32, 32);
        for (var i = 0; i < 32 * 32; i++)
        {
            var noise = (byte)((i * 37 + number * 91) % 97);
            bitmap.SetPixel(i % 32, i / 32, new SKColor(label == 0 ? (byte)200 : noise, label == 1 ? (byte)200 : noise,
                label == 2 ? (byte)200 : noise));
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = System.IO.File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Jpeg, 90);
    }
}
