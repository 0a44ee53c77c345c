throw "no configuration today";
