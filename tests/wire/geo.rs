//! GeoJSON types and the conditions on places.

use odm::{
    bson::Document,
    codec::{decode_document, encode_document},
    filter::{Area, Near},
    geo::{
        Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
        Polygon,
    },
    prelude::*,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "places")]
pub(crate) struct Place {
    #[model(id)]
    pub(crate) id: i32,
    pub(crate) at: Point,
    pub(crate) stops: Vec<Point>,
    pub(crate) shape: Option<Geometry>,
    pub(crate) pair: [f64; 2],
}

fn ring() -> [[f64; 2]; 4] {
    [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 0.0]]
}

fn ring_document() -> Vec<Vec<f64>> {
    ring().map(Vec::from).to_vec()
}

/// What is stored, after a check that it reads back as the same.
fn stored(geometry: impl Into<Geometry>) -> Document {
    let geometry = geometry.into();
    let bytes = encode_document(&geometry).expect("a valid geometry");
    assert_eq!(decode_document::<Geometry>(&bytes).expect("the same geometry"), geometry);
    assert_eq!(odm::bson::serialize_to_vec(&geometry).expect("the same bytes"), bytes);
    decode_document(&bytes).expect("a document")
}

fn refused(geometry: impl Into<Geometry>) -> String {
    encode_document(&geometry.into()).expect_err("an invalid geometry").to_string()
}

fn written(filter: Filter<Place>) -> Document {
    filter.as_document().expect("a valid filter")
}

fn mistake(filter: Filter<Place>) -> String {
    filter.as_document().expect_err("a mistake").to_string()
}

#[test]
fn geometries_are_geo_json() {
    let line = || LineString::new([[0.0, 0.0], [1.0, 1.0]]);
    let hole = [[1.0, 0.5], [2.0, 0.5], [2.0, 1.0], [1.0, 0.5]];
    assert_eq!(stored(Point::new(2.0, 48.0)), doc! { "type": "Point", "coordinates": [2.0, 48.0] });
    assert_eq!(
        stored(line()),
        doc! { "type": "LineString", "coordinates": [[0.0, 0.0], [1.0, 1.0]] }
    );
    assert_eq!(
        stored(Polygon::new(ring()).with_hole(hole)),
        doc! { "type": "Polygon", "coordinates": [ring_document(), hole.map(Vec::from).to_vec()] },
    );
    assert_eq!(
        stored(MultiPoint::new([(1.0, 2.0)])),
        doc! { "type": "MultiPoint", "coordinates": [[1.0, 2.0]] },
    );
    assert_eq!(
        stored(MultiLineString::new([line()])),
        doc! { "type": "MultiLineString", "coordinates": [[[0.0, 0.0], [1.0, 1.0]]] },
    );
    assert_eq!(
        stored(MultiPolygon::new([Polygon::new(ring())])),
        doc! { "type": "MultiPolygon", "coordinates": [[ring_document()]] },
    );
    assert_eq!(
        stored(GeometryCollection::new([Geometry::from(Point::new(1.0, 2.0)), line().into()])),
        doc! { "type": "GeometryCollection", "geometries": [
            { "type": "Point", "coordinates": [1.0, 2.0] },
            { "type": "LineString", "coordinates": [[0.0, 0.0], [1.0, 1.0]] },
        ] },
    );
}

#[test]
fn what_the_server_would_refuse_is_refused_with_its_path() {
    assert_eq!(
        refused(Point::new(200.0, 0.0)),
        "coordinates: longitude 200 is not between -180 and 180"
    );
    assert_eq!(
        refused(Point::new(0.0, f64::NAN)),
        "coordinates: latitude NaN is not between -90 and 90"
    );
    assert_eq!(
        refused(Polygon::new([[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [1.0, 0.0]])),
        "coordinates[0]: a ring of a polygon is open: it must end where it begins",
    );
    assert_eq!(
        refused(Polygon::new([[0.0, 0.0], [5.0, 0.0], [0.0, 0.0]])),
        "coordinates[0]: a ring of a polygon has 3 positions: it needs four, three of them different",
    );
    assert_eq!(
        refused(LineString::new([[0.0, 0.0], [0.0, 0.0]])),
        "coordinates: a line needs two different points",
    );
    let nothing: [Point; 0] = [];
    assert_eq!(
        refused(MultiPoint::new(nothing)),
        "coordinates: no point, and at least one is needed"
    );
    let place =
        Place { id: 1, at: Point::new(0.0, 91.0), stops: vec![], shape: None, pair: [0.0, 0.0] };
    assert_eq!(
        encode_document(&place).unwrap_err().to_string(),
        "at.coordinates: latitude 91 is not between -90 and 90",
    );
}

#[test]
fn what_is_read_is_checked() {
    let read = |document: Document| {
        decode_document::<Point>(&encode_document(&document).unwrap())
            .map_err(|error| error.to_string())
    };
    assert_eq!(read(doc! { "coordinates": [1, 2.5], "type": "Point" }), Ok(Point::new(1.0, 2.5)));
    let line = doc! { "type": "LineString", "coordinates": [[1.0, 2.0], [2.0, 3.0]] };
    assert_eq!(read(line), Err("expected Point, found LineString".to_owned()));
    assert_eq!(
        read(doc! { "type": "Point", "coordinates": [1.0] }),
        Err("coordinates: expected longitude and latitude, found 1 numbers".to_owned()),
    );
}

#[test]
fn areas() {
    let place = Place::fields();
    let within = |area: Area| written(Place::fields().at().geo_within(area));
    assert_eq!(
        written(place.at().geo_within(Polygon::new(ring()))),
        doc! { "at": { "$geoWithin": { "$geometry": {
            "type": "Polygon", "coordinates": [ring_document()],
        } } } },
    );
    assert_eq!(
        within(Area::center_sphere([1.0, 2.0], 0.5)),
        doc! { "at": { "$geoWithin": { "$centerSphere": [[1.0, 2.0], 0.5] } } },
    );
    assert_eq!(
        within(Area::around([1.0, 2.0], 6_378_100.0)),
        within(Area::center_sphere([1.0, 2.0], 1.0))
    );
    assert_eq!(
        within(Area::center([1.0, 200.0], 3.0)),
        doc! { "at": { "$geoWithin": { "$center": [[1.0, 200.0], 3.0] } } },
    );
    assert_eq!(
        within(Area::box_([0.0, 0.0], [5.0, 5.0])),
        doc! { "at": { "$geoWithin": { "$box": [[0.0, 0.0], [5.0, 5.0]] } } },
    );
    assert_eq!(
        within(Area::polygon([[0.0, 0.0], [5.0, 5.0], [5.0, 0.0]])),
        doc! { "at": { "$geoWithin": { "$polygon": [[0.0, 0.0], [5.0, 5.0], [5.0, 0.0]] } } },
    );
}

#[test]
fn mistakes_in_areas_are_found() {
    let at = Place::fields().at();
    let within = |area: Area| mistake(at.geo_within(area));
    assert_eq!(
        within(Area::center_sphere([1.0, 100.0], 0.5)),
        "cannot encode at.$geoWithin.$centerSphere[0]: latitude 100 is not between -90 and 90",
    );
    assert_eq!(
        within(Area::center([1.0, 2.0], -1.0)),
        "cannot encode at.$geoWithin.$center[1]: a radius must be 0 or more, and this is -1",
    );
    assert_eq!(
        within(Area::polygon([[0.0, 0.0], [5.0, 5.0]])),
        "cannot encode at.$geoWithin.$polygon: 2 corners, and at least 3 are needed",
    );
    assert_eq!(
        mistake(at.geo_within(Polygon::new([[0.0, 0.0], [5.0, 5.0]]))),
        "cannot encode at.$geoWithin.$geometry.coordinates[0]: a ring of a polygon is open: it must \
         end where it begins",
    );
}

#[test]
fn intersections_and_nearness() {
    let place = Place::fields();
    let point = doc! { "type": "Point", "coordinates": [1.0, 2.0] };
    assert_eq!(
        written(place.shape().geo_intersects(Point::new(1.0, 2.0))),
        doc! { "shape": { "$geoIntersects": { "$geometry": &point } } },
    );
    assert_eq!(
        written(place.stops().any().near(Point::new(1.0, 2.0))),
        doc! { "stops": { "$near": { "$geometry": &point } } },
    );
    assert_eq!(
        written(
            place
                .at()
                .near_sphere(Near::new(Point::new(1.0, 2.0)).max_distance(9.0).min_distance(3.0))
        ),
        doc! { "at": { "$nearSphere": { "$geometry": point, "$minDistance": 3.0, "$maxDistance": 9.0 } } },
    );
    assert_eq!(
        written(place.pair().near(Near::new([1.0, 2.0]).max_distance(9.0))),
        doc! { "pair": { "$near": [1.0, 2.0], "$maxDistance": 9.0 } },
    );
    assert_eq!(
        written(place.stops().elem_match(|stop| stop.geo_within(Area::center([0.0, 0.0], 1.0)))),
        doc! { "stops": { "$elemMatch": { "$geoWithin": { "$center": [[0.0, 0.0], 1.0] } } } },
    );
}

#[test]
fn geo_operators_stand_alone() {
    let place = Place::fields();
    let inside = || Place::fields().at().geo_within(Area::center([0.0, 0.0], 1.0));
    let operator = doc! { "$geoWithin": { "$center": [[0.0, 0.0], 1.0] } };
    assert_eq!(
        written(inside() & place.at().exists()),
        doc! { "$and": [{ "at": operator }, { "at": { "$exists": true } }] },
    );
    let near = || Place::fields().at().near([1.0, 2.0]);
    assert_eq!(mistake(near() & near()), "`$near` is in the filter twice");
    assert_eq!(mistake(near() & Filter::text("a")), "`$text` and `$near` cannot be in one filter");
    assert_eq!(mistake(near() | inside()), "`$near` cannot be used in `$or`");
    assert_eq!(mistake(!near()), "`$near` cannot be used under `$nor` or `$not`");
    assert_eq!(
        mistake(place.at().not(|at| at.near([1.0, 2.0]))),
        "`$near` cannot be used under `$nor` or `$not`",
    );
    assert_eq!(
        mistake(place.at().near(Near::new([1.0, 2.0]).max_distance(-1.0))),
        "cannot encode at.$maxDistance: a distance must be 0 or more, and this is -1",
    );
}
