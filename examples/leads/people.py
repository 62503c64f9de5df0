"""Names by place: as they are written there, and in Latin letters for e-mail addresses.

A name is `written=latin`; several words of one name are joined by `_`.
"""


class Place:
    """A country, and what people and companies there are called."""

    def __init__(self, country, slug, calling_code, cities, first, last, titles, companies):
        self.country, self.slug, self.calling_code = country, slug, calling_code
        self.cities, self.titles, self.companies = cities.split("|"), titles.split("|"), companies.split("|")
        self.first, self.last = names(first), names(last)


def names(text):
    pairs = (word.partition("=") for word in text.split())
    return [(written.replace("_", " "), latin or written.lower()) for written, _, latin in pairs]


PLACES = [
    Place(
        "Ireland", "ie", "353", "Dublin|Cork|Galway",
        "Aoife Conor Niamh Seán=sean Róisín=roisin Declan Orla Fionn",
        "O'Sullivan=osullivan D’Arcy=darcy Byrne Ó_Briain=obriain Kavanagh Nolan-Walsh=nolanwalsh",
        "Head of \"Growth\"|Marketing Manager|VP, Sales & Service|CTO",
        "Heron & Daughters Ltd.|\"Blue Door\" Books, Maps & Prints|O'Malley's Boats|Alder, Birch and Co.",
    ),
    Place(
        "Deutschland", "de", "49", "Köln|München|Görlitz",
        "Jürgen=juergen Käthe=kaethe Anneliese Björn=bjoern Sören=soeren Ute Jörg=joerg Änne=aenne",
        "Müller=mueller Groß=gross Schäfer=schaefer Köhler=koehler Weiß=weiss von_der_Höhe=vonderhoehe",
        "Geschäftsführerin|Leiter Einkauf & Logistik|Vertriebsingenieur|Werkstudent (m/w/d)",
        "Schäfer & Söhne GmbH & Co. KG|Straßenbahn-Ölwerke AG|\"Zur Brücke\" Gasthof|Königsträume e. V.",
    ),
    Place(
        "Ελλάδα", "gr", "30", "Αθήνα|Θεσσαλονίκη|Πάτρα",
        "Γιώργος=giorgos Ελένη=eleni Νίκος=nikos Σοφία=sofia Δημήτρης=dimitris Κατερίνα=katerina Άγγελος=angelos Ιωάννα=ioanna",
        "Παπαδόπουλος=papadopoulos Αντωνίου=antoniou Βασιλείου=vasileiou Μακρής=makris Ξένου=xenou Οικονόμου=oikonomou",
        "Διευθυντής Μάρκετινγκ|Υπεύθυνη πωλήσεων|Λογιστής",
        "Λεβάντε & Υιοί Α.Ε.|Ελαιώνας «Ο Ήλιος»|Αιγαίο Πλοία, Ε.Π.Ε.|Μέλι και Θυμάρι",
    ),
    Place(
        "Україна", "ua", "380", "Київ|Львів|Одеса",
        "Олена=olena Тарас=taras Ганна=hanna Юрій=yurii Їлона=yilona Оксана=oksana Богдан=bohdan Євгенія=yevheniia",
        "Шевчук=shevchuk Коваль=koval Мар'яненко=marianenko Ґудзь=gudz Лісовий=lisovyi Щербина=shcherbyna",
        "Керівниця відділу продажів|Інженер|Головний бухгалтер",
        "ТОВ «Світанок»|Ковальські & Сини|Чорне море, ПП|Об'єднання \"Веселка\"",
    ),
    Place(
        "مصر", "eg", "20", "القاهرة|الإسكندرية|أسوان",
        "فاطمة=fatima أحمد=ahmed ليلى=layla يوسف=youssef مريم=maryam خالد=khaled نور=nour إبراهيم=ibrahim",
        "حسن=hassan المصري=elmasry عبد_الرحمن=abdelrahman سليمان=soliman الخطيب=elkhatib منصور=mansour",
        "مديرة التسويق|مهندس برمجيات|رئيس المبيعات",
        "شركة النيل & أولاده|مطبعة \"القمر\"|مؤسسة الواحة، للتجارة|زهور ٢٤ (24h)",
    ),
    Place(
        "ישראל", "il", "972", "חיפה|תל אביב-יפו|באר שבע",
        "נועה=noa איתן=eitan תמר=tamar אורי=uri מיכל=michal דוד=david שירה=shira גלעד=gilad",
        "כהן=cohen לוי=levi מזרחי=mizrahi בן-דוד=bendavid שפירא=shapira אלמוג=almog",
        "מנהלת שיווק|סמנכ\"ל מכירות|מפתח",
        "גשר בע\"מ|תמר & בניו|ספרי הכרמל (2009)|ענן, שירותי מחשוב",
    ),
    Place(
        "भारत", "in", "91", "दिल्ली|जयपुर|वाराणसी",
        "प्रिया=priya राहुल=rahul अनन्या=ananya विक्रम=vikram कृष्णा=krishna मीरा=meera संजय=sanjay श्रुति=shruti",
        "शर्मा=sharma पटेल=patel वर्मा=verma सिंह=singh मिश्रा=mishra त्रिपाठी=tripathi",
        "विपणन प्रबंधक|मुख्य अभियंता|बिक्री प्रमुख",
        "सूर्योदय & संस प्रा. लि.|गंगा पुस्तक भंडार|\"कमल\" वस्त्र उद्योग|नीलकंठ, सेवाएँ",
    ),
    Place(
        "বাংলাদেশ", "bd", "880", "ঢাকা|চট্টগ্রাম|সিলেট",
        "আনিকা=anika রফিক=rafiq সুমাইয়া=sumaiya তানভীর=tanvir নুসরাত=nusrat মাহমুদ=mahmud শিরিন=shirin ইমরান=imran",
        "চৌধুরী=chowdhury রহমান=rahman আক্তার=akter হোসেন=hossain মজুমদার=majumder খান=khan",
        "বিপণন ব্যবস্থাপক|প্রকৌশলী|হিসাবরক্ষক",
        "পদ্মা & সন্স লিমিটেড|শাপলা প্রকাশনী|\"মেঘনা\" জাহাজ|সবুজ, কৃষি খামার",
    ),
    Place(
        "சிங்கப்பூர்", "sg", "65", "சிங்கப்பூர்",
        "கவிதா=kavitha முருகன்=murugan செல்வி=selvi அருண்=arun மீனாட்சி=meenakshi கார்த்திக்=karthik லட்சுமி=lakshmi பாரதி=bharathi",
        "சுப்பிரமணியன்=subramanian ராஜன்=rajan குமார்=kumar நடராஜன்=natarajan வேலு=velu அண்ணாமலை=annamalai",
        "சந்தைப்படுத்தல் மேலாளர்|பொறியாளர்|கணக்காளர்",
        "காவேரி & மகன்கள்|தாமரை பதிப்பகம்|\"மல்லிகை\" பட்டு நிலையம்|வைகை, மென்பொருள்",
    ),
    Place(
        "ประเทศไทย", "th", "66", "กรุงเทพฯ|เชียงใหม่|ภูเก็ต",
        "สมชาย=somchai มาลี=malee อนงค์=anong ธนา=thana กานดา=kanda วิชัย=wichai น้ำฝน=namfon ปิติ=piti",
        "แสงทอง=saengthong ศรีสุข=srisuk วงศ์ใหญ่=wongyai บุญมี=bunmee ทองดี=thongdee รักไทย=rakthai",
        "ผู้จัดการฝ่ายการตลาด|วิศวกร|หัวหน้าฝ่ายขาย",
        "บริษัท ดอกบัว & บุตร จำกัด|โรงพิมพ์แม่น้ำ|ร้าน \"ช้างเผือก\"|ทะเลใต้, ทัวร์",
    ),
    Place(
        "កម្ពុជា", "kh", "855", "ភ្នំពេញ|សៀមរាប|បាត់ដំបង",
        "សុខា=sokha ចន្ទា=chantha ដារ៉ា=dara បុប្ផា=bopha វិសាល=visal ស្រីមុំ=sreymom",
        "ចាន់=chan គឹម=kim លី=ly ហេង=heng សៅ=sao ម៉ៅ=mao",
        "អ្នកគ្រប់គ្រងទីផ្សារ|វិស្វករ|គណនេយ្យករ",
        "ផ្កាឈូក & ដៃគូ|រោងពុម្ព \"មេគង្គ\"|ទន្លេសាប, ទេសចរណ៍",
    ),
    Place(
        "中国", "cn", "86", "北京|上海|成都",
        "伟=wei 秀英=xiuying 敏=min 静怡=jingyi 子轩=zixuan 雨桐=yutong 建国=jianguo 𠮷祥=jixiang",
        "王=wang 李=li 欧阳=ouyang 陈=chen 司马=sima 赵=zhao",
        "市场总监|软件工程师|销售经理、华东区",
        "晨星（北京）科技有限公司|长河 & 合伙人|“竹林”出版社|万里, 物流",
    ),
    Place(
        "日本", "jp", "81", "東京|大阪市|札幌",
        "さくら=sakura はると=haruto ゆい=yui ケンジ=kenji あおい=aoi タロウ=taro めぐみ=megumi ミチコ=michiko",
        "佐藤=sato 鈴木=suzuki 髙橋=takahashi 渡邊=watanabe 小川=ogawa ヤマモト=yamamoto",
        "マーケティング部長|営業担当・関西|エンジニア",
        "株式会社サクラ＆サンズ|「みなと」印刷|ｱｵｲﾃﾞﾝｷ工業|山と川, 合同会社",
    ),
    Place(
        "대한민국", "kr", "82", "서울|부산|제주",
        "민준=minjun 서연=seoyeon 지우=jiwoo 하은=haeun 도윤=doyun 수빈=subin 예린=yerin 현우=hyunwoo",
        "김=kim 이=lee 박=park 최=choi 남궁=namgung 선우=sunwoo",
        "마케팅 팀장|개발자|영업 본부장",
        "(주)새벽별 & 파트너스|한강 출판사|\"달빛\" 커피|푸른바다, 물류",
    ),
    Place(
        "საქართველო", "ge", "995", "თბილისი|ქუთაისი|ბათუმი",
        "ნინო=nino გიორგი=giorgi მარიამ=mariam ლევან=levan თამარ=tamar ირაკლი=irakli ქეთევან=ketevan ზურაბ=zurab",
        "ბერიძე=beridze კაპანაძე=kapanadze გელაშვილი=gelashvili მაისურაძე=maisuradze ლომიძე=lomidze წიკლაური=tsiklauri",
        "მარკეტინგის მენეჯერი|ინჟინერი|ბუღალტერი",
        "შპს \"მზიური\"|კავკასია & ძმები|ვაზი, ღვინის სახლი",
    ),
    Place(
        "Հայաստան", "am", "374", "Երևան|Գյումրի|Վանաձոր",
        "Անի=ani Արամ=aram Նարե=nare Տիգրան=tigran Լուսինե=lusine Դավիթ=davit Սոնա=sona Հայկ=hayk",
        "Պետրոսյան=petrosyan Գրիգորյան=grigoryan Սարգսյան=sargsyan Հակոբյան=hakobyan Մելիքյան=melikyan Ավետիսյան=avetisyan",
        "Մարքեթինգի ղեկավար|Ճարտարագետ|Հաշվապահ",
        "«Արարատ» & Որդիներ ՍՊԸ|Նուռ հրատարակչություն|Սևան, զբոսաշրջություն",
    ),
    Place(
        "ኢትዮጵያ", "et", "251", "አዲስ አበባ|ጎንደር|ሐዋሳ",
        "ሰላም=selam አበበ=abebe ሃና=hana ዳዊት=dawit ብርቱካን=birtukan ዮሐንስ=yohannes ማርታ=marta ተስፋዬ=tesfaye",
        "ተስፋዬ=tesfaye ገብረ_ማርያም=gebremariam ከበደ=kebede መኮንን=mekonnen አለሙ=alemu ወልደ_ጊዮርጊስ=woldegiorgis",
        "የግብይት ሥራ አስኪያጅ|መሐንዲስ|የሂሳብ ባለሙያ",
        "አባይ & ልጆቹ ኃ.የተ.የግ.ማ|\"ፀሐይ\" ማተሚያ ቤት|ቡና፣ ንግድ ቤት",
    ),
    Place(
        "Việt Nam", "vn", "84", "Hà Nội|Đà Nẵng|Cần Thơ",
        "Ngọc_Ánh=ngocanh Tuấn=tuan Thị_Hường=thihuong Đức=duc Quỳnh=quynh Minh_Khôi=minhkhoi",
        "Nguyễn=nguyen Trần=tran Phạm=pham Huỳnh=huynh Võ=vo Đặng=dang",
        "Trưởng phòng Tiếp thị|Kỹ sư phần mềm|Kế toán trưởng",
        "Công ty TNHH Sông Hồng & Bạn|Nhà sách \"Ánh Trăng\"|Biển Đông, Hải sản",
    ),
    Place(
        "Қазақстан", "kz", "7", "Алматы|Қарағанды|Өскемен",
        "Әйгерім=aigerim Нұрлан=nurlan Пётр=pyotr Любовь=lyubov Ұлжан=ulzhan Ерлан=erlan Жұлдыз=zhuldyz Семён=semyon",
        "Ахметов=akhmetov Қасымова=kasymova Соловьёв=solovyov Өтеген=otegen Жүнісова=zhunisova Щукин=shchukin",
        "Бас инженер|Менеджер по продажам|Бухгалтер",
        "ЖШС «Құлпынай»|Объёмы & Съёмка|\"Тұлпар\", көлік",
    ),
    Place(
        "ශ්‍රී ලංකාව", "lk", "94", "කොළඹ|මහනුවර|ගාල්ල",
        "නිමාලි=nimali කසුන්=kasun සඳුනි=sanduni චමින්ද=chaminda අමායා=amaya රුවන්=ruwan",
        "පෙරේරා=perera සිල්වා=silva බණ්ඩාර=bandara ජයවර්ධන=jayawardena ප්‍රනාන්දු=fernando",
        "අලෙවිකරණ කළමනාකරු|ඉංජිනේරු|ගණකාධිකාරී",
        "නෙළුම් & පුත්‍රයෝ|\"සඳ\" ප්‍රකාශකයෝ|තේ උයන, සමාගම",
    ),
]
